"""Functions in the database: those of SQLite that queries use, and the digests of rows.

They are made at the start and stay in the database; a comment says of which version they are.
"""

from __future__ import annotations

from sqlalchemy import Connection

VERSION = "barwatch functions 1"

_OF_SQLITE = r"""
CREATE OR REPLACE FUNCTION json_valid(content text) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF content IS NULL THEN RETURN NULL; END IF;
  PERFORM content::json;
  RETURN 1;
EXCEPTION WHEN data_exception THEN RETURN 0;
END $$;

CREATE OR REPLACE FUNCTION json_path_parts(path text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT string_to_array(replace(replace(substr(path, 3), '[', '.'), ']', ''), '.') $$;

CREATE OR REPLACE FUNCTION json_extract(content text, path text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT content::json #>> json_path_parts(path) $$;

CREATE OR REPLACE FUNCTION json_number(content text, path text) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE json_typeof(found)
    WHEN 'number' THEN (found #>> '{}')::double precision
    WHEN 'boolean' THEN CASE found #>> '{}' WHEN 'true' THEN 1 ELSE 0 END
  END FROM (SELECT content::json #> json_path_parts(path) AS found) AS looked_up $$;

CREATE OR REPLACE FUNCTION json_array_length(content text) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE json_typeof(content::json) WHEN 'array' THEN json_array_length(content::json) ELSE 0 END $$;

CREATE OR REPLACE FUNCTION julianday(at text) RETURNS double precision LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN extract(epoch FROM at::timestamp) / 86400.0 + 2440587.5;
EXCEPTION WHEN data_exception THEN RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION glob(pattern text, content text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT content ~ concat('^', replace(replace(replace(pattern, '.', '\.'), '*', '.*'), '?', '.'), '$') $$;
"""

_DIGESTS = r"""
-- The bytes are "null", 0, "None".
CREATE OR REPLACE FUNCTION barwatch_column(kind text, content bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(coalesce(
    convert_to(kind, 'UTF8') || '\x00'::bytea || content, '\x6e756c6c004e6f6e65'::bytea)) $$;

CREATE OR REPLACE FUNCTION barwatch_digest(content bigint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT barwatch_column('integer', convert_to(content::text, 'UTF8')) $$;

-- Without these a small number would be taken for a real one.
CREATE OR REPLACE FUNCTION barwatch_digest(content smallint) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT barwatch_digest(content::bigint) $$;

CREATE OR REPLACE FUNCTION barwatch_digest(content text) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT barwatch_column('text', convert_to(content, 'UTF8')) $$;

CREATE OR REPLACE FUNCTION barwatch_digest(content bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
  SELECT barwatch_column('blob', content) $$;

CREATE OR REPLACE FUNCTION barwatch_digest(content double precision) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT barwatch_column('real', convert_to(barwatch_real(content), 'UTF8')) $$;

CREATE OR REPLACE FUNCTION barwatch_kind(content bigint) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT 'integer' $$;
CREATE OR REPLACE FUNCTION barwatch_kind(content smallint) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT 'integer' $$;
CREATE OR REPLACE FUNCTION barwatch_kind(content text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT 'text' $$;
CREATE OR REPLACE FUNCTION barwatch_kind(content bytea) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT 'blob' $$;
CREATE OR REPLACE FUNCTION barwatch_kind(content double precision) RETURNS text
LANGUAGE sql IMMUTABLE STRICT AS
  $$ SELECT 'real' $$;

CREATE OR REPLACE FUNCTION barwatch_row(tbl text, key text, columns bytea[]) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(convert_to('[' || barwatch_json(tbl) || ', ' || barwatch_json(key) || ']', 'UTF8')
      || string_agg(one, ''::bytea ORDER BY place))
    || string_agg(substr(one, 1, 2), ''::bytea ORDER BY place)
  FROM unnest(columns) WITH ORDINALITY AS each (one, place) $$;
"""

_TEXTS = r"""
-- A number as Python's repr writes it. From 2^53 on a few take a digit more here: nothing stored is so large.
CREATE OR REPLACE FUNCTION barwatch_real(content double precision) RETURNS text LANGUAGE plpgsql IMMUTABLE
SET extra_float_digits = 1 AS $$
DECLARE
  said text := content::text;
  sign text; digits text;
BEGIN
  IF said IS NULL THEN RETURN NULL; END IF;
  IF said IN ('NaN', 'Infinity', '-Infinity') THEN
    RETURN replace(replace(said, 'NaN', 'nan'), 'Infinity', 'inf');
  END IF;
  IF said LIKE '%e+15' THEN
    sign := CASE WHEN said LIKE '-%' THEN '-' ELSE '' END;
    digits := translate(replace(said, 'e+15', ''), '-.', '');
    digits := rpad(digits, greatest(16, length(digits)), '0');
    RETURN sign || substr(digits, 1, 16) || '.' || coalesce(nullif(substr(digits, 17), ''), '0');
  END IF;
  RETURN CASE WHEN said ~ '[.e]' THEN said ELSE said || '.0' END;
END $$;

-- A text as Python's json.dumps writes it, in ASCII.
CREATE OR REPLACE FUNCTION barwatch_json(content text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  said text := to_json(content)::text;
  made text := ''; one text; code integer;
BEGIN
  IF said !~ '[^ -~]' THEN RETURN said; END IF;
  FOREACH one IN ARRAY regexp_split_to_array(said, '') LOOP
    code := ascii(one);
    IF code BETWEEN 32 AND 126 THEN made := made || one;
    ELSIF code < 65536 THEN made := made || '\u' || lpad(to_hex(code), 4, '0');
    ELSE
      made := made || '\u' || to_hex(55296 + (code - 65536) / 1024)
        || '\u' || to_hex(56320 + (code - 65536) % 1024);
    END IF;
  END LOOP;
  RETURN made;
END $$;
"""


def ensure(connection: Connection) -> None:
    """Make the functions unless this version's are there."""
    said = connection.exec_driver_sql(
        "SELECT obj_description(to_regprocedure('barwatch_row(text, text, bytea[])'), 'pg_proc')"
    ).scalar()
    if said == VERSION:
        return
    for group in (_OF_SQLITE, _TEXTS, _DIGESTS):
        connection.connection.cursor().execute(group)  # as it is: `%` is no placeholder here
    connection.exec_driver_sql(f"COMMENT ON FUNCTION barwatch_row(text, text, bytea[]) IS '{VERSION}'")
