"""Names that generated modules have already: what a spec names must not be called the same there."""

_FUNCTIONS = """
active again assert_transition async_sessionmaker asyncio body clean_up cleaned completed conv counts db done dt
eager_tracked_tasks effect_of ends fail field found given has_status left_out limits made mapped_column message
missing model move name noted number one own pytest row rows run scenario select self session sessionmaker sessions
source statement status succeed task text tracked_task tracking_factory tracking_id tracking_models tracking_sessions
update value values waiting wanted
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
"""Of the modules in which a task is defined or imported."""

_CLASSES = """
ARRAY Any AssertTransition AsyncSession AsyncTaskRun Backoff BaseTaskTracking BaseTaskTrackingCRUD
BaseTaskTrackingService BigInteger Boolean CheckConstraint Column Date DateTime Decimal Double EagerTasks Enum Field
ForeignKey Index Integer IntegrityError Interval InvalidTransition JSON JSONB LargeBinary LegacyMapping Mapped
MetaData Numeric Retention Session SessionLocal Sessions StrEnum String SyncTaskTrackingCRUD SyncTaskTrackingService
TaskRun TaskTrackingCreate TaskTrackingFilter TaskTrackingInDB TaskTrackingUpdate Table Text TrackingFactory
TrackingStatus TrialError UniqueConstraint Update UtcDateTime Uuid
"""
CLASSES = frozenset(_CLASSES.split())
"""Of all of them."""

CREATE_METHODS = frozenset({"create_flow", "create_many", "create_tracking"})
"""What every service has; `create_<domain>` must not take its place."""

LOOKUPS = frozenset({"get_by_any_id", "get_by_celery_task_id", "get_by_legacy_id", "get_by_status"})
"""What every CRUD class has; `get_by_<unique>` must not take its place."""
