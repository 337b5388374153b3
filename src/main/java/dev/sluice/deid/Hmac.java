package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 with one key. Safe for use by any number of threads. */
final class Hmac {
    static final int BYTES = 32;

    private static final String ALGORITHM = "HmacSHA256";

    /** Only its clones compute: a clone costs less than a new one from a provider. */
    private final Mac prototype;

    Hmac(byte[] key) {
        try {
            prototype = Mac.getInstance(ALGORITHM);
            prototype.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The Java runtime has no " + ALGORITHM, e);
        }
    }

    byte[] of(String text) {
        return of(text.getBytes(UTF_8));
    }

    byte[] of(byte[] message) {
        return of(message, 0, message.length);
    }

    byte[] of(byte[] buffer, int offset, int length) {
        try {
            Mac mac = (Mac) prototype.clone();
            mac.update(buffer, offset, length);
            return mac.doFinal();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("The Java runtime cannot copy " + ALGORITHM, e);
        }
    }
}
