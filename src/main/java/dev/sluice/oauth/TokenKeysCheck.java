package dev.sluice.oauth;

import dev.sluice.doctor.Check;
import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Topic;
import dev.sluice.fhir.Plural;
import java.util.List;
import org.springframework.context.annotation.Import;

/** Checks whether the keys of access tokens in the database are encrypted, and whether this secret opens them. */
@Import(KeyCipher.class)
final class TokenKeysCheck implements Check {
    private final TokenKeyRepository rows;
    private final KeyCipher cipher;
    private final boolean encrypts;

    TokenKeysCheck(TokenKeyRepository rows, KeyCipher cipher, OauthSettings settings) {
        this.rows = rows;
        this.cipher = cipher;
        this.encrypts = settings.tokenKeySecret() != null;
    }

    @Override
    public List<Finding> run() {
        List<TokenKeyEntity> keys = rows.findAllByOrderByCreatedAtDesc();
        long closed =
                keys.stream().filter(key -> cipher.read(key.jwk()).isEmpty()).count();
        if (closed > 0 && cipher.read(keys.get(0).jwk()).isEmpty()) {
            return List.of(Finding.problem(
                    Topic.TOKENS,
                    "The newest key of access tokens cannot be opened: sluice.security.token-key-secret is not that of"
                            + " the process which made it.",
                    "Give all processes the same secret. If the secret was changed, stop the processes that have the"
                            + " former one; the next token makes a new key."));
        }
        if (!encrypts) {
            return List.of(Finding.warning(
                    Topic.TOKENS,
                    "The keys of access tokens are not encrypted: who can read the database or a backup of it can make"
                            + " tokens.",
                    "Set sluice.security.token-key-secret to the output of: openssl rand -base64 32"));
        }
        return List.of(Finding.ok(
                Topic.TOKENS,
                keys.isEmpty()
                        ? "No key of access tokens exists yet; the first token makes one."
                        : "The secret opens the newest key of access tokens. Of another secret are " + closed + " of "
                                + Plural.of(keys.size(), "key") + "."));
    }
}
