-- Clients of sluice.security.mode=smart, and what their tokens need (docs/security.md).

create table client (
    id            text primary key,
    -- a client that is not enabled gets no token, and its tokens are refused
    enabled       boolean not null default true,
    -- separated by spaces; null = the client is registered in the settings, and this row only says whether it is enabled
    scopes        text,
    -- one of the two
    jwks_url      text,
    jwks          text,
    -- separated by spaces; null = all
    groups        text,
    containers    text,
    max_open_jobs integer,
    check (scopes is null or (jwks_url is null) <> (jwks is null))
);

-- The ids of assertions that clients have used: the hash of client and jti. The second insert fails, in every process.
create table used_assertion (
    id         text primary key,
    -- the assertion itself is refused from this time on
    expires_at timestamptz not null
);
create index used_assertion_expires_at on used_assertion (expires_at);

-- The keys that sign access tokens. The newest one signs; the others verify tokens that still live.
create table token_key (
    id         text primary key,
    -- a JWK; encrypted (JWE) if sluice.security.token-key-secret is set
    jwk        text not null,
    created_at timestamptz not null default clock_timestamp()
);
