"""The tables, as the migrations that led to them. Only ever append: there are files at each of these stages."""

from __future__ import annotations

from typing import Final

from intercom.storage.database import Migration

HOME: Final[tuple[Migration, ...]] = (
    (
        "CREATE TABLE identity (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """CREATE TABLE sessions (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            role TEXT NOT NULL,
            key BLOB NOT NULL,
            family_hash BLOB NOT NULL,
            secret_hash BLOB NOT NULL,
            created_at REAL NOT NULL,
            seen_at REAL NOT NULL,
            address TEXT NOT NULL,
            ends_at REAL
        ) STRICT, WITHOUT ROWID""",
        "CREATE TABLE wrong_tries (at REAL NOT NULL) STRICT",
        "CREATE TABLE latest_time (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), at REAL NOT NULL) STRICT",
        """CREATE TABLE areas (
            id TEXT PRIMARY KEY, name TEXT NOT NULL, icon TEXT NOT NULL, position INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE placements (
            device_id TEXT PRIMARY KEY,
            name TEXT,
            area_id TEXT REFERENCES areas ON DELETE SET NULL,
            position INTEGER NOT NULL,
            is_hidden INTEGER NOT NULL,
            is_shared INTEGER NOT NULL,
            is_settled INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE switches (
            id INTEGER PRIMARY KEY, host TEXT NOT NULL UNIQUE, name TEXT NOT NULL, way INTEGER NOT NULL
        ) STRICT""",
    ),
    (
        """CREATE TABLE accounts (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            folded_name TEXT NOT NULL UNIQUE,
            role TEXT NOT NULL,
            password_hash TEXT NOT NULL,
            terms TEXT,
            created_at REAL NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "ALTER TABLE sessions ADD COLUMN account_id TEXT REFERENCES accounts ON DELETE CASCADE",
        "ALTER TABLE sessions ADD COLUMN sid_hash BLOB",
        "ALTER TABLE sessions ADD COLUMN idle_s REAL",
        "ALTER TABLE sessions ADD COLUMN terms TEXT",
        "ALTER TABLE sessions ADD COLUMN is_sid_due INTEGER NOT NULL DEFAULT 0",
        "CREATE INDEX sessions_by_account ON sessions (account_id)",
        "DROP TABLE wrong_tries",
        "CREATE TABLE wrong_tries (secret TEXT NOT NULL, source TEXT NOT NULL, at REAL NOT NULL) STRICT",
        """CREATE TABLE audit (
            id INTEGER PRIMARY KEY, at REAL NOT NULL, event TEXT NOT NULL, who TEXT NOT NULL, about TEXT NOT NULL,
            detail TEXT NOT NULL, address TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE spent (
            id INTEGER PRIMARY KEY,
            session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
            once_hash BLOB NOT NULL,
            UNIQUE (session_id, once_hash)
        ) STRICT""",
        """CREATE TABLE owner_pin (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            hash TEXT,
            wrong INTEGER NOT NULL,
            waits_until REAL NOT NULL
        ) STRICT""",
    ),
    (
        """CREATE TABLE release_index (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1), public_key TEXT NOT NULL, serial INTEGER NOT NULL
        ) STRICT""",
    ),
)
"""What must not be lost.

`is_settled`: the device was placed once, by itself or by a resident. `terms`: JSON, see `terms.py`. `is_sid_due`: the
session's cookie is to be renewed. `spent`: words that are good for one unlocking only.
"""

HISTORY: Final[tuple[Migration, ...]] = (
    (
        """CREATE TABLE subjects (
            id INTEGER PRIMARY KEY, device_id TEXT NOT NULL, capability_id TEXT NOT NULL,
            UNIQUE (device_id, capability_id)
        ) STRICT""",
        """CREATE TABLE changes (
            id INTEGER PRIMARY KEY, subject_id INTEGER NOT NULL, at REAL NOT NULL, state TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX changes_by_subject ON changes (subject_id, at)",
    ),
)
"""`changes` is in the order of writing: the lowest ids are the oldest. `state` is JSON."""
