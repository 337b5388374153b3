package dev.sluice.deid;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.json.JsonOutput;
import dev.sluice.json.JsonTape;

/** The labels in {@code meta.security} that say what was done to a resource. A set of them is a number. */
final class SecurityLabels {
    static final int REDACTED = 1;
    static final int ABSTRACTED = 1 << 1;
    static final int HASHED = 1 << 2;
    static final int MASKED = 1 << 3;
    static final int PERTURBED = 1 << 4;
    static final int SUBSTITUTED = 1 << 5;
    static final int GENERALIZED = 1 << 6;
    static final int PSEUDONYMIZED = 1 << 7;

    private static final byte[] SECURITY = "security".getBytes(UTF_8);
    private static final byte[] CODE = "code".getBytes(UTF_8);

    /** In the order in which they are added. */
    private static final Label[] LABELS = {
        standard("REDACTED", "redacted"),
        standard("ABSTRED", "abstracted"),
        standard("CRYTOHASH", "cryptographic hash function"), // the code system has this spelling
        standard("MASKED", "masked"),
        own("PERTURBED", "exact value is replaced with another exact value"),
        own("SUBSTITUTED", "exact value is replaced with a predefined value"),
        own("GENERALIZED", "exact value is replaced with a general value"),
        standard("PSEUDED", "pseudonymized")
    };

    private record Label(String code, String json) {}

    private SecurityLabels() {}

    private static Label standard(String code, String display) {
        return new Label(
                code,
                "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\",\"code\":\"" + code
                        + "\",\"display\":\"" + display + "\"}");
    }

    private static Label own(String code, String display) {
        return new Label(code, "{\"code\":\"" + code + "\",\"display\":\"" + display + "\"}");
    }

    /**
     * Adds those labels to a resource that it does not have.
     *
     * @param tape for the use of this method
     * @param afterType where a {@code meta} can be inserted
     * @param meta where the value of {@code meta} begins; negative if there is none
     * @param metaEnd where it ends
     */
    static void add(JsonOutput out, JsonTape tape, int labels, int afterType, int meta, int metaEnd) {
        if (meta < 0) {
            out.insert(afterType, bytes(",\"meta\":{\"security\":[" + list(labels) + "]}"));
            return;
        }
        tape.read(out.bytes(), meta, metaEnd - meta);
        int security = tape.find(0, SECURITY);
        if (security < 0) {
            out.insert(metaEnd - 1, bytes(",\"security\":[" + list(labels) + "]"));
            return;
        }
        int missing = labels & ~present(tape, security);
        if (missing != 0) {
            out.insert(tape.end(security) - 1, bytes("," + list(missing)));
        }
    }

    private static int present(JsonTape tape, int security) {
        int present = 0;
        for (int coding = security + 1; coding < tape.next(security); coding = tape.next(coding)) {
            int code = tape.kind(coding) == JsonTape.OBJECT ? tape.find(coding, CODE) : -1;
            for (int i = 0; code >= 0 && i < LABELS.length; i++) {
                present |= tape.text(code).equalsIgnoreCase(LABELS[i].code) ? 1 << i : 0;
            }
        }
        return present;
    }

    private static String list(int labels) {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < LABELS.length; i++) {
            if ((labels & 1 << i) != 0) {
                list.append(list.isEmpty() ? "" : ",").append(LABELS[i].json);
            }
        }
        return list.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
