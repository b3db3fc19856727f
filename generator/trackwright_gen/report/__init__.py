"""Output formats, one module each: findings in, text out."""
