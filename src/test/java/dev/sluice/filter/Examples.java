package dev.sluice.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sluice.fhir.FhirJson;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** The example resources of R4 that HL7 publishes with its test cases; a test that asks for them is skipped without. */
public final class Examples {
    private static final String FOLDER = "/org/hl7/fhir/testcases/r4/examples";

    private Examples() {}

    /** Each of them, by file, and the search parameters as resources. */
    public static List<ObjectNode> resources() throws IOException {
        URL folder = Examples.class.getResource(FOLDER);
        if (folder == null) {
            return abort("No examples of HL7 on the class path: the tests on them are skipped");
        }
        List<ObjectNode> resources = new ArrayList<>();
        URI jar = uri(folder);
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of());
                Stream<Path> paths = Files.list(files.getPath(FOLDER))) {
            for (Path path :
                    paths.filter(p -> p.toString().endsWith(".json")).sorted().toList()) {
                resources.add(FhirJson.parseObject(Files.readString(path).getBytes(UTF_8)));
            }
        }
        Definitions.searchParameters().stream().limit(40).forEach(p -> resources.add((ObjectNode) p));
        return resources;
    }

    private static URI uri(URL url) {
        try {
            return url.toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(url.toString(), e);
        }
    }
}
