package dev.sluice.fuzz;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A way by which bytes of a stranger come into the server. Each has a folder of inputs. */
enum Door {
    KICK_OFF_URL {
        @Override
        HttpRequest.Builder request(URI base, byte[] data) {
            return get(base + level(data) + "/$export?" + query(data, "&=")).header("Prefer", "respond-async");
        }
    },
    KICK_OFF_BODY {
        @Override
        HttpRequest.Builder request(URI base, byte[] data) {
            return post(base + level(data) + "/$export", JSON, data).header("Prefer", "respond-async");
        }
    },
    /** An estimate applies the filter to resources, too. */
    TYPE_FILTER {
        @Override
        HttpRequest.Builder request(URI base, byte[] data) {
            return get(base + level(data) + "/$export-estimate?_typeFilter=" + query(data, ""))
                    .header("Prefer", "handling=lenient");
        }
    },
    NDJSON_LINE {
        @Override
        HttpRequest.Builder request(URI base, byte[] data) {
            return post(base + "/$import", NDJSON, data);
        }
    },
    BUNDLE {
        @Override
        HttpRequest.Builder request(URI base, byte[] data) {
            return post(base.toString(), JSON, data);
        }
    },
    PARAMETERS {
        @Override
        HttpRequest.Builder request(URI base, byte[] data) {
            return post(base + "/$import", JSON, data).header("Prefer", "respond-async");
        }
    },
    GZIP {
        @Override
        HttpRequest.Builder request(URI base, byte[] data) {
            return post(base + "/$import", NDJSON, data).header("Content-Encoding", "gzip");
        }
    };

    /** Who waits longer for an answer has found a hang. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final String JSON = "application/fhir+json";
    private static final String NDJSON = "application/fhir+ndjson";
    private static final List<String> LEVELS = List.of("", "/Patient", "/Group/g");
    private static final String PLAIN =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$'()*,;:@/?";

    /** The request that brings the data. */
    abstract HttpRequest.Builder request(URI base, byte[] data);

    /** The name of its folder, such as {@code type-filter}. */
    String folder() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String level(byte[] data) {
        return LEVELS.get(Math.floorMod(Arrays.hashCode(data), LEVELS.size()));
    }

    private static HttpRequest.Builder get(String uri) {
        return HttpRequest.newBuilder(URI.create(uri)).timeout(PATIENCE);
    }

    private static HttpRequest.Builder post(String uri, String type, byte[] data) {
        return HttpRequest.newBuilder(URI.create(uri))
                .timeout(PATIENCE)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(data));
    }

    /** The bytes as a query, percent-encoded where a URL must not have them. Percent-encoding in them stays. */
    private static String query(byte[] data, String kept) {
        StringBuilder query = new StringBuilder();
        for (int i = 0; i < data.length; i++) {
            char c = (char) (data[i] & 0xff);
            boolean encoded = !kept.isEmpty() && c == '%' && i + 2 < data.length && isHex(data[i + 1], data[i + 2]);
            if (encoded || (PLAIN + kept).indexOf(c) >= 0) {
                query.append(c);
            } else {
                query.append(String.format(Locale.ROOT, "%%%02X", (int) c));
            }
        }
        return query.toString();
    }

    private static boolean isHex(byte first, byte second) {
        return new String(new byte[] {first, second}, StandardCharsets.ISO_8859_1).matches("[0-9A-Fa-f]{2}");
    }
}
