"""create contribution_realization_task_tracking"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "e3a1a3de08d6"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
        op.execute("SET LOCAL statement_timeout = '5min'")

    op.create_table(
        "contribution_realization_task_tracking",
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
            "max_attempts", sa.Integer(), server_default=sa.text("5"), nullable=False
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
        sa.Column("pension_id", sa.Integer(), nullable=False),
        sa.Column("contribution_date", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=2), nullable=False),
        sa.Column(
            "currency",
            sa.String(length=3),
            server_default=sa.text("'EUR'"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "status IN ('PENDING', 'PROCESSING', 'COMPLETED', 'FAILED', 'CANCELLED')",
            name=op.f("ck_contribution_realization_task_status"),
        ),
        sa.CheckConstraint(
            "amount > 0", name=op.f("ck_contribution_realization_task_amount_positive")
        ),
        sa.CheckConstraint(
            "attempts >= 0", name=op.f("ck_contribution_realization_task_attempts")
        ),
        sa.CheckConstraint(
            "max_attempts >= 1",
            name=op.f("ck_contribution_realization_task_max_attempts"),
        ),
        sa.ForeignKeyConstraint(
            ["pension_id"],
            ["pension_etfs.id"],
            name=op.f("fk_contribution_realization_task_pension_id"),
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("idx_contribution_realization_task_celery_task_id"),
        "contribution_realization_task_tracking",
        ["celery_task_id"],
        unique=False,
    )
    op.create_index(
        op.f("idx_contribution_realization_task_dates"),
        "contribution_realization_task_tracking",
        ["created_at", "completed_at"],
        unique=False,
    )
    op.create_index(
        op.f("idx_contribution_realization_task_due"),
        "contribution_realization_task_tracking",
        ["dispatch_at"],
        unique=False,
        postgresql_where=sa.text("status = 'PENDING' AND dispatch_at IS NOT NULL"),
        sqlite_where=sa.text("status = 'PENDING' AND dispatch_at IS NOT NULL"),
    )
    op.create_index(
        op.f("idx_contribution_realization_task_running"),
        "contribution_realization_task_tracking",
        ["started_at"],
        unique=False,
        postgresql_where=sa.text("status = 'PROCESSING'"),
        sqlite_where=sa.text("status = 'PROCESSING'"),
    )
    op.create_index(
        op.f("idx_contribution_realization_task_status"),
        "contribution_realization_task_tracking",
        ["status"],
        unique=False,
    )
    op.create_index(
        op.f("uq_contribution_realization_task_pension_id_contributi_eb301d43"),
        "contribution_realization_task_tracking",
        ["pension_id", "contribution_date"],
        unique=True,
        postgresql_where=sa.text("status IN ('PENDING', 'PROCESSING')"),
        sqlite_where=sa.text("status IN ('PENDING', 'PROCESSING')"),
    )


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("SET LOCAL lock_timeout = '5s'")
        op.execute("SET LOCAL statement_timeout = '5min'")

    op.drop_table("contribution_realization_task_tracking")
