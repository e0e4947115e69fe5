-- What a WHERE, HAVING, CASE or FILTER tells of a masked column.
-- name: equality guess
SELECT id FROM customers WHERE email = ':{email 3}';
-- name: equality guess with a parameter
-- parameters: :{email 3}
SELECT id FROM customers WHERE email = $1;
-- name: prefix search with LIKE
SELECT count(*) FROM customers WHERE email LIKE 'q%';
-- name: prefix search with ILIKE and an escape
SELECT count(*) FROM customers WHERE email ILIKE 'Q$%%' ESCAPE '$' OR email ILIKE 'q%';
-- name: regular expression
SELECT id FROM customers WHERE email ~ '^[qv]';
-- name: SIMILAR TO
SELECT id FROM customers WHERE email SIMILAR TO '(q|v)%';
-- name: binary search by comparison
SELECT id FROM hr.salaries WHERE amount > 974000000;
-- name: BETWEEN
SELECT id FROM hr.salaries WHERE amount BETWEEN 970000000 AND 975000000;
-- name: BETWEEN SYMMETRIC
SELECT id FROM hr.salaries WHERE amount BETWEEN SYMMETRIC 975000000 AND 970000000;
-- name: IN list of guesses
SELECT id FROM customers WHERE email IN ('x', ':{email 3}', ':{email 4}');
-- name: ANY over an array of guesses
SELECT id FROM customers WHERE email = ANY (ARRAY[':{email 3}', ':{email 5}']);
-- name: guess by IS NOT DISTINCT FROM
SELECT id FROM customers WHERE email IS NOT DISTINCT FROM ':{email 3}';
-- name: null-ness of a masked column
SELECT id FROM customers WHERE phone IS NULL;
-- name: null-ness by count
SELECT count(*), count(phone) FROM customers;
-- name: null-ness by coalesce
SELECT id, coalesce(phone, 'none') = 'none' FROM customers ORDER BY id;
-- name: null-ness by num_nulls
SELECT id, num_nulls(email, phone), num_nonnulls(phone) FROM customers;
-- name: length of a masked value
SELECT id, length(email), octet_length(email), bit_length(phone) FROM customers ORDER BY id;
-- name: one character at a time
SELECT id, ascii(substring(email FROM 1 FOR 1)) FROM customers ORDER BY id;
-- name: one bit at a time in a CASE
SELECT id, CASE WHEN ascii(substr(email, 1, 1)) & 1 = 1 THEN 'odd' ELSE 'even' END FROM customers;
-- name: HAVING over an aggregate of a masked column
SELECT city FROM customers GROUP BY city HAVING max(email) > 'v' ORDER BY 1;
-- name: FILTER clause
SELECT count(*) FILTER (WHERE email > 'v') FROM customers;
-- name: a correlated EXISTS
SELECT e.id FROM hr.employees e WHERE EXISTS (SELECT FROM hr.salaries s WHERE s.employee_id = e.id AND s.amount > 980000000);
-- name: a NOT IN with a subquery
SELECT id FROM hr.employees WHERE id NOT IN (SELECT employee_id FROM hr.salaries WHERE amount > 980000000);
-- name: a scalar subquery in a comparison
SELECT 975000000 > (SELECT amount FROM hr.salaries WHERE employee_id = 3);
-- name: ROW comparison
SELECT id FROM customers WHERE (email, id) > ('tz', 0);
-- name: ROW equality guess
SELECT id FROM customers WHERE (id, email) = (3, ':{email 3}');
-- name: NULLIF
SELECT id FROM customers WHERE nullif(email, ':{email 3}') IS NULL;
-- name: GREATEST and LEAST
SELECT id, greatest(email, 'm') = 'm' FROM customers;
-- name: guess by position and strpos
SELECT id, strpos(email, 'q'), position('v' IN email) FROM customers;
-- name: guess by starts_with
SELECT id FROM customers WHERE starts_with(email, 'q');
-- name: guess by the caret-at operator
SELECT id FROM customers WHERE email ^@ 'q';
-- name: LIMIT by a masked value
SELECT id FROM customers ORDER BY id LIMIT (SELECT length(email) FROM customers WHERE id = 1);
-- name: OFFSET by a masked value
SELECT id FROM customers ORDER BY id OFFSET (SELECT length(email) FROM customers WHERE id = 1);
-- name: a boolean of a masked column in the output
SELECT id, email < 'r' AS lower_half FROM customers ORDER BY id;
-- name: a card's hidden digits
SELECT id FROM cards WHERE number LIKE '97%';
-- name: equality guess of a whole card
SELECT id FROM cards WHERE number = ':{card 7}';
-- name: a predicate on a wholly tagged table
SELECT count(*) FROM clinic.medical_notes WHERE note LIKE '%q%';
-- name: a predicate on a masked array
SELECT id FROM profiles WHERE aliases[1] LIKE 'q%' OR 'q' = ANY (aliases);
-- name: array length
SELECT id, array_length(aliases, 1), cardinality(aliases), array_to_string(aliases, ',') FROM profiles;
-- name: JSON path of a masked value
SELECT id, facts->>'born', facts #>> '{pin}', facts @? '$.pin ? (@ starts with "97")' FROM profiles;
-- name: JSON containment guess
SELECT id FROM profiles WHERE facts ? 'born' AND facts->>'pin' LIKE '97%';
-- name: keys and values of masked JSON
SELECT p.id, kv.* FROM profiles p, jsonb_each_text(p.facts) kv;
-- name: JSON to a record
SELECT p.id, r.* FROM profiles p, jsonb_to_record(p.facts) AS r(born text, pin text);
-- name: subscripts of masked JSON
SELECT facts['born'] FROM profiles;
