-- How many people have just written to my numbers: what comes in shares Meta's throughput with what goes out.
SELECT talk.number_id, count(*)
FROM contact JOIN service_window talk ON talk.contact_id = contact.id
WHERE contact.workspace_id = ANY(%(workspaces)b::bigint[]) AND contact.last_inbound_at > %(since)b
  AND talk.last_inbound_at > %(since)b AND talk.number_id = ANY(%(numbers)b::bigint[])
GROUP BY 1
