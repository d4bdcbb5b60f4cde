"""The schema as a whole."""

from strawberry.schema.config import StrawberryConfig

from api.mutation import Mutation
from api.query import Query
from engine.guards import Guards
from engine.scalars import SCALARS
from engine.schema import Schema

schema = Schema(query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=SCALARS), extensions=[Guards])
