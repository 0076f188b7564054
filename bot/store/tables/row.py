"""What all tables share."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel


class Row(SQLModel):
    """What all tables share: names of constraints that every database and migration agrees on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
