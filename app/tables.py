"""Wiring, storage: every table of the product, for migrations and checks."""

from __future__ import annotations

import common.audit
import desk.tables
import knowledge_base.tables
from common.database import Base

MODULES = (common.audit, desk.tables, knowledge_base.tables)
metadata = Base.metadata
