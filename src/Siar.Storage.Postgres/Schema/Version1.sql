-- The log of a Siar deployment, shared by its hubs. Several logs may stand in one database: each has a number, which is in every key.

CREATE SCHEMA siar;

CREATE TABLE siar.version (version integer NOT NULL);
INSERT INTO siar.version VALUES (1);

-- A log's head. The lock on its row is what appends wait for: whoever has it is the only writer, so that positions are given in the order of commits.
CREATE TABLE siar.log (
  log smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  head bigint NOT NULL DEFAULT 0,
  time timestamptz NOT NULL DEFAULT 'epoch',          -- of the newest event: times never fall
  epoch integer NOT NULL DEFAULT 1,                   -- the ordinal of the present epoch
  system text NOT NULL,                               -- the server that the present epoch is of, by its system identifier
  timeline text NOT NULL,                             -- and its timeline, which every promotion changes
  batch uuid,                                         -- the last one appended
  plan text NOT NULL,                                 -- by which the log is trimmed, as JSON
  plan_version integer NOT NULL DEFAULT 1,
  -- What siar.publish takes at most; in bytes but for the number of topics.
  max_topics integer NOT NULL DEFAULT 1000,
  max_topic_bytes integer NOT NULL DEFAULT 2048,
  max_event_bytes integer NOT NULL DEFAULT 1048576,
  max_id_bytes integer NOT NULL DEFAULT 512,
  max_type_bytes integer NOT NULL DEFAULT 256,
  max_key_bytes integer NOT NULL DEFAULT 256          -- of an idempotency key
) WITH (fillfactor = 10);

CREATE TABLE siar.epoch (
  log smallint NOT NULL REFERENCES siar.log,
  ordinal integer NOT NULL,
  name text COLLATE "C" NOT NULL UNIQUE,
  after bigint NOT NULL,                              -- its positions are higher
  through bigint,                                     -- its last position; null while it goes on
  PRIMARY KEY (log, ordinal)
);

-- Topics by number. Numbers rise in the order of commits, and are never given twice. Long text is found by a hash: the first 16 bytes of its SHA-256.
CREATE TABLE siar.topic (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  log smallint NOT NULL,
  hash bytea NOT NULL,
  name text COLLATE "C" NOT NULL,
  UNIQUE (log, hash)
);
CREATE INDEX topic_order ON siar.topic (log, id);

CREATE TABLE siar.event (
  log smallint NOT NULL,
  position bigint NOT NULL,
  time timestamptz NOT NULL,
  topic bigint NOT NULL,                              -- the canonical one
  alternates bigint[],
  flags smallint NOT NULL,                            -- 1 private, 2 closes its topic, 4 says that presence was left untold, 8 is for hubs alone
  id text,                                            -- the publisher's own
  type text,
  retry integer,
  key bytea,                                          -- UTF-8
  size integer NOT NULL,                              -- bytes of data
  retained integer NOT NULL,                          -- and of topics: what limits of bytes count
  data bytea NOT NULL,                                -- UTF-8
  PRIMARY KEY (log, position)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE siar.event ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE siar.event_topic (
  log smallint NOT NULL,
  topic bigint NOT NULL,                              -- canonical or alternate
  position bigint NOT NULL,
  PRIMARY KEY (log, topic, position)
) WITH (autovacuum_vacuum_scale_factor = 0.02);

-- Where a publisher's own id leads: the earliest event that is kept and has it.
CREATE TABLE siar.publisher_id (
  log smallint NOT NULL,
  hash bytea NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (log, hash)
);

-- The newest event of each key, by variant: canonical topic, alternates, key, and whether it is private.
CREATE TABLE siar.keyed (
  log smallint NOT NULL,
  variant bytea NOT NULL,
  name bytea NOT NULL,                                -- of canonical topic and key
  position bigint NOT NULL,
  PRIMARY KEY (log, variant)
);
CREATE INDEX keyed_position ON siar.keyed (log, position);
CREATE INDEX keyed_name ON siar.keyed (log, name);

CREATE TABLE siar.keyed_topic (
  log smallint NOT NULL,
  topic bigint NOT NULL,
  variant bytea NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (log, topic, variant)
);
CREATE INDEX keyed_topic_position ON siar.keyed_topic (log, topic, position);

-- Events that were trimmed, and are kept since they are the newest of their key.
CREATE TABLE siar.survivor (LIKE siar.event INCLUDING STORAGE, class text COLLATE "C" NOT NULL, PRIMARY KEY (log, position));
CREATE INDEX survivor_class ON siar.survivor (log, class, position);

CREATE TABLE siar.closing (
  log smallint NOT NULL,
  hash bytea NOT NULL,
  topic text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  time timestamptz NOT NULL,
  private boolean NOT NULL,
  PRIMARY KEY (log, hash)
);
CREATE INDEX closing_position ON siar.closing (log, position);

CREATE TABLE siar.idempotency (
  log smallint NOT NULL,
  hash bytea NOT NULL,                                -- of scope and key
  fingerprint bytea NOT NULL,
  position bigint NOT NULL,
  time timestamptz NOT NULL,
  expires timestamptz NOT NULL,
  PRIMARY KEY (log, hash)
);
CREATE INDEX idempotency_expires ON siar.idempotency (log, expires);
CREATE INDEX idempotency_position ON siar.idempotency (log, position);

-- What became of a hub's batch whose answer was lost; of the last minutes.
CREATE TABLE siar.batch (
  log smallint NOT NULL,
  id uuid NOT NULL,
  first bigint NOT NULL,
  time timestamptz NOT NULL,
  PRIMARY KEY (log, id)
);
CREATE INDEX batch_time ON siar.batch (log, time);

-- All that was ever appended of each retention class, and all that is kept for its key alone. Changed under the head's lock.
CREATE TABLE siar.class_total (
  log smallint NOT NULL,
  class text COLLATE "C" NOT NULL,
  count bigint NOT NULL DEFAULT 0,
  bytes bigint NOT NULL DEFAULT 0,
  survivors bigint NOT NULL DEFAULT 0,
  survivor_bytes bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (log, class)
) WITH (fillfactor = 10);

-- What was trimmed. Changed by one hub at a time, which has the advisory lock.
CREATE TABLE siar.retention (
  log smallint NOT NULL,
  class text COLLATE "C" NOT NULL,
  trimmed bigint NOT NULL DEFAULT 0,
  trimmed_alternate bigint NOT NULL DEFAULT 0,
  mark bigint NOT NULL DEFAULT 0,                     -- up to here none of the class's events counts any more
  passed bigint NOT NULL DEFAULT 0,                   -- how many of class_total.count do not
  passed_bytes bigint NOT NULL DEFAULT 0,
  floor bigint NOT NULL DEFAULT 0,                    -- a topic of which nothing is remembered counts as trimmed up to here
  alternate_floor bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (log, class)
) WITH (fillfactor = 50);

CREATE TABLE siar.trimmed_topic (
  log smallint NOT NULL,
  class text COLLATE "C" NOT NULL,
  hash bytea NOT NULL,
  private boolean NOT NULL,
  topic text COLLATE "C" NOT NULL,
  position bigint NOT NULL,
  id text,                                            -- the publisher's own, of the event there
  id_hash bytea,
  version bigint NOT NULL,                            -- of siar.trim, when it was written
  PRIMARY KEY (log, class, hash, private)
);
CREATE INDEX trimmed_topic_version ON siar.trimmed_topic (log, version);
CREATE INDEX trimmed_topic_position ON siar.trimmed_topic (log, class, position);
CREATE INDEX trimmed_topic_id ON siar.trimmed_topic (log, id_hash) WHERE id_hash IS NOT NULL;

-- How often the log was trimmed: what a hub remembers of it is of one version.
CREATE TABLE siar.trim (
  log smallint PRIMARY KEY,
  version bigint NOT NULL DEFAULT 0,
  plan_version integer NOT NULL                       -- of the classes that stand in siar.retention
) WITH (fillfactor = 10);

-- Moments at which the clock was behind the time of an event that was there: no event up to a position counts as younger.
CREATE TABLE siar.clock_step (
  log smallint NOT NULL,
  position bigint NOT NULL,
  time timestamptz NOT NULL,
  PRIMARY KEY (log, position)
);

-- What applications have published in their own transactions. A hub moves it into the log; it has no position before.
CREATE TABLE siar.outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  log smallint NOT NULL,
  topics text[] NOT NULL,
  data bytea NOT NULL,
  id text,
  type text,
  retry integer,
  private boolean NOT NULL,
  key text,
  idempotency_key text,
  role text NOT NULL,                                 -- who published it
  time timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- What the log did not take, and why.
CREATE TABLE siar.outbox_refused (
  LIKE siar.outbox,
  reason text NOT NULL,
  refused timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (seq)
);

-- Which role may publish where by siar.publish. The owner of the schema may everywhere.
CREATE TABLE siar.publisher (
  role name NOT NULL,                                 -- a login, or a group that it belongs to
  kind text NOT NULL CHECK (kind IN ('topic', 'prefix')),
  topic text COLLATE "C" NOT NULL,                    -- one topic, or what topics begin with: '' for all
  PRIMARY KEY (role, kind, topic)
);
