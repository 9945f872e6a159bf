"""work orders in full, and what keeps the desk's promises

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('bridge_nonces',
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('nonce', name=op.f('pk_bridge_nonces'))
    )
    with op.batch_alter_table('bridge_nonces', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bridge_nonces_until'), ['until'], unique=False)

    op.create_table('restricted_access',
    sa.Column('user_id', sa.String(length=32), nullable=False),
    sa.Column('granted_by', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_restricted_access_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_restricted_access'))
    )
    op.create_table('unit_members',
    sa.Column('user_id', sa.String(length=32), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_unit_members_user_id_users')),
    sa.PrimaryKeyConstraint('user_id', 'unit', name=op.f('pk_unit_members'))
    )
    op.create_table('external_reports',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('order_number', sa.String(length=24), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Enum('pending', 'sent', 'failed', name='outboxstate', native_enum=False, length=16), nullable=False),
    sa.Column('not_before', sa.DateTime(timezone=True), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=True),
    sa.ForeignKeyConstraint(['order_number'], ['work_orders.number'], name=op.f('fk_external_reports_order_number_work_orders')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_external_reports')),
    sa.UniqueConstraint('order_number', 'status', 'round', name=op.f('uq_external_reports_order_number'))
    )
    with op.batch_alter_table('external_reports', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_external_reports_not_before'), ['not_before'], unique=False)

    op.create_table('order_joint_units',
    sa.Column('order_number', sa.String(length=24), nullable=False),
    sa.Column('unit', sa.String(length=32), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('opined_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['order_number'], ['work_orders.number'], name=op.f('fk_order_joint_units_order_number_work_orders')),
    sa.PrimaryKeyConstraint('order_number', 'unit', name=op.f('pk_order_joint_units'))
    )
    op.create_table('order_steps',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('order_number', sa.String(length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor_kind', sa.String(length=16), nullable=False),
    sa.Column('actor_id', sa.String(length=64), nullable=True),
    sa.Column('event', sa.String(length=32), nullable=False),
    sa.Column('before', sa.Enum('registered', 'accepted', 'dispatched', 'signed', 'returned', 'handling', 'awaiting_info', 'replied', 'callback', 'rework', 'closed', 'reopened', 'archived', 'rejected', 'merged', 'withdrawn', name='orderstate', native_enum=False, length=16), nullable=True),
    sa.Column('after', sa.Enum('registered', 'accepted', 'dispatched', 'signed', 'returned', 'handling', 'awaiting_info', 'replied', 'callback', 'rework', 'closed', 'reopened', 'archived', 'rejected', 'merged', 'withdrawn', name='orderstate', native_enum=False, length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['order_number'], ['work_orders.number'], name=op.f('fk_order_steps_order_number_work_orders')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_steps'))
    )
    with op.batch_alter_table('order_steps', schema=None) as batch_op:
        batch_op.create_index('ix_order_steps_order', ['order_number', 'at'], unique=False)

    with op.batch_alter_table('work_orders', schema=None) as batch_op:
        batch_op.add_column(sa.Column('origin', sa.Enum('12366', '12345', name='origin', native_enum=False, length=16), nullable=False, server_default='12366'))
        batch_op.add_column(sa.Column('external_number', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('category', sa.String(length=32), nullable=False, server_default='其他'))
        batch_op.add_column(sa.Column('subcategory', sa.String(length=64), nullable=False, server_default='其他'))
        batch_op.add_column(sa.Column('region', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('priority', sa.Enum('urgent', 'pressing', 'normal', name='orderpriority', native_enum=False, length=16), nullable=False, server_default='normal'))
        batch_op.add_column(sa.Column('restricted', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('unit', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('watcher_id', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('term_days', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('dispatched_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('sign_due_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('extension_days', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('extended', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('supervision', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('urged', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('reworks', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('contact_attempts', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('merged_into', sa.String(length=24), nullable=True))
        batch_op.add_column(sa.Column('reply_basis', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('replied_by', sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column('replied_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('legal_route', sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column('outcome', sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column('warned_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('missed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='1'))
        batch_op.alter_column('conversation_id',
               existing_type=sa.VARCHAR(length=32),
               nullable=True)
        batch_op.alter_column('phone_sealed',
               existing_type=sa.TEXT(),
               nullable=True)
        batch_op.alter_column('phone_masked',
               existing_type=sa.VARCHAR(length=32),
               nullable=True)
        batch_op.create_index(batch_op.f('ix_work_orders_unit'), ['unit'], unique=False)
        batch_op.create_unique_constraint('uq_work_orders_external_number', ['origin', 'external_number'])
        batch_op.create_foreign_key(batch_op.f('fk_work_orders_merged_into_work_orders'), 'work_orders', ['merged_into'], ['number'])
        batch_op.create_foreign_key(batch_op.f('fk_work_orders_watcher_id_users'), 'users', ['watcher_id'], ['id'])
    op.execute("UPDATE work_orders SET state = 'accepted', category = '其他', subcategory = '回电' WHERE state = 'open'")


def downgrade() -> None:
    """Take back."""
    op.execute("UPDATE work_orders SET state = 'open' WHERE state <> 'closed'")
    with op.batch_alter_table('work_orders', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_work_orders_watcher_id_users'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_work_orders_merged_into_work_orders'), type_='foreignkey')
        batch_op.drop_constraint('uq_work_orders_external_number', type_='unique')
        batch_op.drop_index(batch_op.f('ix_work_orders_unit'))
        batch_op.alter_column('phone_masked',
               existing_type=sa.VARCHAR(length=32),
               nullable=False)
        batch_op.alter_column('phone_sealed',
               existing_type=sa.TEXT(),
               nullable=False)
        batch_op.alter_column('conversation_id',
               existing_type=sa.VARCHAR(length=32),
               nullable=False)
        batch_op.drop_column('version')
        batch_op.drop_column('missed_at')
        batch_op.drop_column('warned_at')
        batch_op.drop_column('outcome')
        batch_op.drop_column('legal_route')
        batch_op.drop_column('replied_at')
        batch_op.drop_column('replied_by')
        batch_op.drop_column('reply_basis')
        batch_op.drop_column('merged_into')
        batch_op.drop_column('contact_attempts')
        batch_op.drop_column('reworks')
        batch_op.drop_column('urged')
        batch_op.drop_column('supervision')
        batch_op.drop_column('extended')
        batch_op.drop_column('extension_days')
        batch_op.drop_column('sign_due_at')
        batch_op.drop_column('dispatched_at')
        batch_op.drop_column('term_days')
        batch_op.drop_column('watcher_id')
        batch_op.drop_column('unit')
        batch_op.drop_column('restricted')
        batch_op.drop_column('priority')
        batch_op.drop_column('region')
        batch_op.drop_column('subcategory')
        batch_op.drop_column('category')
        batch_op.drop_column('external_number')
        batch_op.drop_column('origin')

    with op.batch_alter_table('order_steps', schema=None) as batch_op:
        batch_op.drop_index('ix_order_steps_order')

    op.drop_table('order_steps')
    op.drop_table('order_joint_units')
    with op.batch_alter_table('external_reports', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_external_reports_not_before'))

    op.drop_table('external_reports')
    op.drop_table('unit_members')
    op.drop_table('restricted_access')
    with op.batch_alter_table('bridge_nonces', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bridge_nonces_until'))

    op.drop_table('bridge_nonces')
