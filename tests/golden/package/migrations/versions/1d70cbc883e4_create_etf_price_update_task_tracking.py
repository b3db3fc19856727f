"""create etf_price_update_task_tracking"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1d70cbc883e4"
down_revision = "e3a1a3de08d6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
        op.execute("SET LOCAL statement_timeout = '5min'")

    op.create_table(
        "etf_price_update_task_tracking",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.String(length=20),
            server_default=sa.text("'PENDING'"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("CURRENT_TIMESTAMP"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("CURRENT_TIMESTAMP"),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column(
            "attempts", sa.Integer(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "max_attempts", sa.Integer(), server_default=sa.text("3"), nullable=False
        ),
        sa.Column("celery_task_id", sa.String(length=255), nullable=True),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "metadata",
            sa.JSON().with_variant(
                postgresql.JSONB(astext_type=sa.Text()), "postgresql"
            ),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("etf_id", sa.String(length=12), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("price", sa.Numeric(precision=20, scale=6), nullable=True),
        sa.Column("source", sa.String(length=50), nullable=True),
        sa.CheckConstraint(
            "status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')",
            name=op.f("ck_etf_price_update_task_status"),
        ),
        sa.CheckConstraint(
            "attempts >= 0", name=op.f("ck_etf_price_update_task_attempts")
        ),
        sa.CheckConstraint(
            "max_attempts >= 1", name=op.f("ck_etf_price_update_task_max_attempts")
        ),
        sa.CheckConstraint(
            "price > 0", name=op.f("ck_etf_price_update_task_price_positive")
        ),
        sa.ForeignKeyConstraint(
            ["etf_id"], ["etfs.id"], name=op.f("fk_etf_price_update_task_etf_id")
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "etf_id", "date", name=op.f("uq_etf_price_update_task_etf_id_date")
        ),
    )
    op.create_index(
        op.f("idx_etf_price_update_task_celery_task_id"),
        "etf_price_update_task_tracking",
        ["celery_task_id"],
        unique=False,
    )
    op.create_index(
        op.f("idx_etf_price_update_task_date"),
        "etf_price_update_task_tracking",
        ["date"],
        unique=False,
    )
    op.create_index(
        op.f("idx_etf_price_update_task_dates"),
        "etf_price_update_task_tracking",
        ["created_at", "completed_at"],
        unique=False,
    )
    op.create_index(
        op.f("idx_etf_price_update_task_due"),
        "etf_price_update_task_tracking",
        ["dispatch_at"],
        unique=False,
        postgresql_where=sa.text("status = 'PENDING' AND dispatch_at IS NOT NULL"),
        sqlite_where=sa.text("status = 'PENDING' AND dispatch_at IS NOT NULL"),
    )
    op.create_index(
        op.f("idx_etf_price_update_task_running"),
        "etf_price_update_task_tracking",
        ["started_at"],
        unique=False,
        postgresql_where=sa.text("status = 'PROCESSING'"),
        sqlite_where=sa.text("status = 'PROCESSING'"),
    )
    op.create_index(
        op.f("idx_etf_price_update_task_status"),
        "etf_price_update_task_tracking",
        ["status"],
        unique=False,
    )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
        op.execute("SET LOCAL statement_timeout = '5min'")

    op.drop_table("etf_price_update_task_tracking")
