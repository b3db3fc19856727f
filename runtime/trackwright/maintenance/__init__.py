"""Looking after tracked domains: the sweep that recovers what crashes and lost messages leave behind."""
