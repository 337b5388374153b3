package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.ingest.BundleTransaction.Options;
import dev.sluice.json.Spool;
import dev.sluice.web.Preferences;
import dev.sluice.web.RequestMemory;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves transactions and batches.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#transaction">batch and transaction</a>
 */
@RestController
class BundleController {
    private static final MediaType FHIR_JSON = MediaType.parseMediaType(RequestBody.FHIR_JSON);

    private final BundleTransaction transaction;

    BundleController(BundleTransaction transaction) {
        this.transaction = transaction;
    }

    @PostMapping(
            path = {"/fhir", "/fhir/"},
            produces = {RequestBody.FHIR_JSON, RequestBody.JSON})
    ResponseEntity<Object> bundle(HttpServletRequest request) throws IOException {
        RequestMemory memory = RequestMemory.of(request);
        BundleRequest bundle = BundleRequest.parse(RequestBody.bundle(request), memory.claim());
        boolean represent = Preferences.of(request).has("return", "representation");
        Options options = new Options(bundle.atomic(), represent, memory);
        List<BundleResult> results =
                bundle.atomic() ? transaction.run(bundle.entries(), options) : independently(bundle.entries(), options);
        ResponseEntity.BodyBuilder response = ResponseEntity.ok().contentType(FHIR_JSON);
        Spool spool = memory.spool();
        try {
            BundleResult.write(bundle.atomic(), results, spool);
            return ResourceResponses.body(response, memory, spool);
        } catch (IOException e) { // what the response tells is done, whether a file can be written or not
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            BundleResult.write(bundle.atomic(), results, body);
            return response.body(body.toByteArray());
        }
    }

    /** Each entry of a batch is done as if it came alone. */
    private List<BundleResult> independently(List<BundleEntry> entries, Options options) {
        List<BundleResult> results = new ArrayList<>();
        for (BundleEntry entry : entries) {
            long held = options.memory().claim().bytes() - options.memory().resultBytes();
            try {
                results.addAll(transaction.run(Collections.singletonList(entry), options));
            } catch (FhirException e) {
                results.add(BundleResult.refused(e));
            }
            // Only its result is still in memory.
            options.memory().claim().release(held + options.memory().resultBytes());
        }
        return results;
    }
}
