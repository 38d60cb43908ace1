"""The run's database: exchanges with models, and what each step made of each row."""

from generation_functions.store.store import DROPPED, FAILED, KEPT, Answer, RowRecord, Store, StoreReader

__all__ = ["DROPPED", "FAILED", "KEPT", "Answer", "RowRecord", "Store", "StoreReader"]
