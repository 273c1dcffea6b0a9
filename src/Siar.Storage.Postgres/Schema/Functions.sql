-- Held against the rules of the C# type Event by a test. Called by siar.publish alone, whose search path is fixed.

-- Why no event may have these topics, as a sentence; null where one may.
CREATE OR REPLACE FUNCTION siar.check_topics(topics text[], limits siar.log) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  topic text;
BEGIN
  IF coalesce(cardinality(topics), 0) = 0 THEN RETURN 'The event has no topic: give at least one.'; END IF;
  IF cardinality(topics) > limits.max_topics THEN
    RETURN format('The event has %s topics; at most %s are taken.', cardinality(topics), limits.max_topics);
  END IF;
  FOREACH topic IN ARRAY topics LOOP
    IF topic IS NULL OR topic = '' THEN RETURN 'One of the event''s topics is empty.'; END IF;
    IF topic = '*' THEN RETURN 'The topic ''*'' stands for every topic: it can be subscribed to, not published to.'; END IF;
    IF topic ~ '[\u0001-\u001f\u007f-\u009f]' THEN RETURN 'A topic holds a control character.'; END IF;
    IF octet_length(topic) > limits.max_topic_bytes THEN
      RETURN format('A topic is longer than %s bytes: ''%s…''.', limits.max_topic_bytes, left(topic, 40));
    END IF;
    IF strpos(topic, '/.well-known/mercure') > 0 THEN
      RETURN format('The topic ''%s'' is kept for the hub itself: choose another.', topic);
    END IF;
  END LOOP;
  RETURN NULL;
END $$;

-- The same of an id: a reader sends it back in a header field, and it must be no other's.
CREATE OR REPLACE FUNCTION siar.check_id(id text, limits siar.log) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE
    WHEN id IS NULL THEN NULL
    WHEN id = '' THEN 'The id is empty: leave it out instead.'
    WHEN left(id, 1) = '#' THEN 'The id begins with ''#'', as those that the hub makes: choose another, or send none.'
    WHEN id = 'earliest' THEN 'The id ''earliest'' means the oldest event to a reader: choose another, or send none.'
    WHEN id ~ '^[ \t]' OR id ~ '[ \t]$' THEN 'The id begins or ends with a blank, which is lost when a reader sends the id back in a header field: leave the blank out.'
    WHEN id ~ '[\u0001-\u0008\u000a-\u001f\u007f]' THEN 'The id holds a control character, which a reader cannot send back in a header field: leave it out.'
    WHEN octet_length(id) > limits.max_id_bytes THEN format('The id is longer than %s bytes: ''%s…''.', limits.max_id_bytes, left(id, 40))
  END;
END $$;

CREATE OR REPLACE FUNCTION siar.check_type(type text, limits siar.log) RETURNS text
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE
    WHEN type IS NULL THEN NULL
    WHEN type = '' THEN 'The type is empty: leave it out instead.'
    WHEN type ~ '[\n\r]' THEN 'The type holds a line end: it would end the line that carries it.'
    WHEN left(type, 5) = 'siar.' THEN format('The type ''%s'' begins with ''siar.'', which is kept for the hub''s own signals.', type)
    WHEN type = 'mercure' THEN 'The type ''mercure'' is kept for the hub''s own events: choose another.'
    WHEN octet_length(type) > limits.max_type_bytes THEN format('The type is longer than %s bytes: ''%s…''.', limits.max_type_bytes, left(type, 40))
  END;
END $$;

-- Publishes an event with its transaction: it is in the log, and reaches readers, some milliseconds after COMMIT, and never after ROLLBACK.
CREATE OR REPLACE FUNCTION siar.publish(
  topics text[], data text, id text DEFAULT NULL, type text DEFAULT NULL, retry integer DEFAULT NULL, private boolean DEFAULT false,
  key text DEFAULT NULL, idempotency_key text DEFAULT NULL, log text DEFAULT 'siar') RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, siar, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  limits siar.log;
  error text;
  refused text;
BEGIN
  SELECT l.* INTO limits FROM siar.log l WHERE l.name = publish.log;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'There is no log ''%'': the first hub that opens it makes it, or ''siar db init''.', log USING ERRCODE = 'invalid_parameter_value';
  END IF;

  error := coalesce(
    siar.check_topics(topics, limits), siar.check_id(id, limits), siar.check_type(type, limits),
    CASE
      WHEN data IS NULL THEN 'The event has no data: an empty one is '''', not NULL.'
      WHEN octet_length(data) > limits.max_event_bytes THEN format('The data is %s bytes; at most %s are taken in one event.', octet_length(data), limits.max_event_bytes)
      WHEN retry < 0 THEN 'The event''s retry is negative: it counts milliseconds.'
      WHEN private IS NULL THEN 'Whether the event is private is true or false, not NULL.'
      WHEN octet_length(key) > limits.max_topic_bytes THEN format('The key is longer than %s bytes.', limits.max_topic_bytes)
      WHEN idempotency_key = '' THEN 'The idempotency key is empty.'
      WHEN octet_length(idempotency_key) > limits.max_key_bytes THEN format('The idempotency key is longer than %s bytes.', limits.max_key_bytes)
    END);
  IF error IS NOT NULL THEN RAISE EXCEPTION '%', error USING ERRCODE = 'invalid_parameter_value'; END IF;

  IF session_user <> current_user AND NOT pg_has_role(session_user, current_user, 'USAGE') THEN
    SELECT t.topic INTO refused FROM unnest(topics) AS t(topic)
    WHERE NOT EXISTS (
      SELECT FROM siar.publisher p
      WHERE CASE p.kind WHEN 'topic' THEN p.topic = t.topic ELSE starts_with(t.topic, p.topic) END
        AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = p.role AND pg_has_role(session_user, r.oid, 'USAGE')))
    LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'The role ''%'' may not publish on the topic ''%''.', session_user, refused USING
        ERRCODE = 'insufficient_privilege', HINT = 'The owner of the schema siar says which role may publish where in the table siar.publisher.';
    END IF;
  END IF;

  INSERT INTO siar.outbox AS o (log, topics, data, id, type, retry, private, key, idempotency_key, role)
  VALUES (limits.log, topics, convert_to(data, 'UTF8'), id, type, retry, private, key, idempotency_key, session_user);
END $$;

-- The same for one topic. It is part of the statement that calls it, and has no rights of its own.
CREATE OR REPLACE FUNCTION siar.publish(
  topic text, data text, id text DEFAULT NULL, type text DEFAULT NULL, retry integer DEFAULT NULL, private boolean DEFAULT false,
  key text DEFAULT NULL, idempotency_key text DEFAULT NULL, log text DEFAULT 'siar') RETURNS void
LANGUAGE sql VOLATILE AS $$
  SELECT siar.publish(ARRAY[topic], data, id, type, retry, private, key, idempotency_key, log);
$$;

-- Where a reader goes on that has read the state of the same snapshot, and whether that misses and repeats nothing: some events that are on their way into
-- the log may be of transactions that the snapshot shows, and would come again. Of the topics given, or of all.
CREATE OR REPLACE FUNCTION siar.read_position(topics text[] DEFAULT NULL, log text DEFAULT 'siar', OUT id text, OUT is_exact boolean) RETURNS record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, siar, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  current siar.log;
BEGIN
  SELECT l.* INTO current FROM siar.log l WHERE l.name = read_position.log;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'There is no log ''%'': the first hub that opens it makes it, or ''siar db init''.', log USING ERRCODE = 'invalid_parameter_value';
  END IF;

  -- The epoch in which the position was given: where none was given since, the present one has not begun to a reader.
  SELECT format('#%s.%s', e.name, current.head) INTO id FROM siar.epoch e
  WHERE e.log = current.log AND (e.after < current.head OR e.ordinal = 1) ORDER BY e.ordinal DESC LIMIT 1;
  is_exact := NOT EXISTS (SELECT FROM siar.outbox o WHERE o.log = current.log AND (topics IS NULL OR o.topics && topics));
END $$;

REVOKE ALL ON SCHEMA siar FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA siar FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA siar FROM PUBLIC;
