"""How migrations run: always from `liaison.migrate`, which hands over an open connection inside one transaction."""

from alembic import context

from liaison import models

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=models.metadata,
    transaction_per_migration=False,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
context.run_migrations()
