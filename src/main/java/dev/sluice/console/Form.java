package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** The fields of a form that a browser has sent. The server itself takes no body for a form. */
final class Form {
    /** Enough for the ids of some thousand patients. */
    private static final int LONGEST = 1 << 20;

    private static final String TYPE = "application/x-www-form-urlencoded";

    private Form() {}

    /** The fields by their names; one that was left empty is not among them. */
    static MultiValueMap<String, String> of(HttpServletRequest request) throws IOException {
        MultiValueMap<String, String> fields = new LinkedMultiValueMap<>();
        String type = request.getContentType();
        if (type == null || !type.startsWith(TYPE)) {
            return fields;
        }
        byte[] body = request.getInputStream().readNBytes(LONGEST + 1);
        if (body.length > LONGEST) {
            throw FhirException.of(413, "too-long", "The form has more than " + LONGEST + " bytes.");
        }
        for (String field : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
            int equals = field.indexOf('=');
            if (equals > 0) {
                String value = decoded(field.substring(equals + 1)).strip();
                if (!value.isEmpty()) {
                    fields.add(decoded(field.substring(0, equals)), value);
                }
            }
        }
        return fields;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw FhirException.invalid("The form is not encoded as browsers encode it.");
        }
    }
}
