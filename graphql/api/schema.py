"""The GraphQL schema."""

from strawberry.schema.config import StrawberryConfig

from api.event.reads import EVENT_TYPES
from api.mutation import Mutation
from api.order.steps import STEP_TYPES
from api.query import Query
from api.user_error.types import USER_ERRORS
from engine.guards import Guards
from engine.scalars import SCALARS
from engine.schema import Schema

schema = Schema(
    query=Query,
    mutation=Mutation,
    types=[*EVENT_TYPES.values(), *STEP_TYPES.values(), *USER_ERRORS.values()],
    config=StrawberryConfig(scalar_map=SCALARS),
    extensions=[Guards],
)
