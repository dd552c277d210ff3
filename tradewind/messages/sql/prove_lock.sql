-- Outbox rows before message rows, by id: the same order as the sender's outcomes, so that the two never wait in a ring.
SELECT message_id FROM outbox WHERE message_id = ANY(%(ids)b::bigint[]) ORDER BY message_id FOR UPDATE
