-- Reads of a run that are not items yet are lists now: company, data type, connection.
UPDATE run_rests
SET reads = (SELECT json_group_array(json_array(value ->> 'company', value ->> 'data_type', value ->> 'connection'))
             FROM json_each(reads));
