package dev.sluice.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.ingest.RawJson.Member;
import dev.sluice.ingest.RawJson.Text;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for the line of any resource. The name of a case that fails tells the seed that repeats it. */
class ResourceLinePropertyTest {
    private static final Instant TIME = Instant.parse("2026-11-23T10:15:00.120Z");
    private static final Member STAMP =
            member("versionId", RawJson.same("\"3\",\"lastUpdated\":\"2026-11-23T10:15:00.120Z\""));

    static LongStream seeds() {
        return new Random().longs(1_000);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theLineIsTheTextWithoutItsWhiteSpaceAndWithTheStamp(long seed) {
        RawJson json = new RawJson(seed);
        Random random = new Random(seed);
        List<Member> sent = json.members(3);
        json.insert(sent, member("resourceType", RawJson.same("\"Basic\"")));
        boolean withId = random.nextBoolean();
        if (withId) {
            json.insert(sent, member("id", RawJson.same("\"sent\"")));
        }
        List<Member> kept = json.members(2);
        boolean withMeta = random.nextBoolean();
        if (withMeta) {
            json.insert(sent, member("meta", meta(json, kept, random)));
        }

        String line = line(json.space() + json.object(sent).messy() + json.space(), "given");

        assertThat(line).isEqualTo(expected(json, sent, kept, withId, withMeta));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aLineThatComesBackIsTheSameLine(long seed) {
        RawJson json = new RawJson(seed);
        List<Member> sent = json.members(3);
        json.insert(sent, member("resourceType", RawJson.same("\"Basic\"")));

        String line = line(json.object(sent).messy(), "given");

        assertThat(line(line, "given")).isEqualTo(line);
        assertThat(FhirJson.parseObject(line.getBytes(UTF_8)).size()).isEqualTo(sent.size() + 2);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void rewritingReferencesTouchesNothingElse(long seed) {
        RawJson json = new RawJson(seed);
        List<Member> members = json.members(3);
        List<Member> changed = new ArrayList<>(members);
        Member type = member("resourceType", RawJson.same("\"Observation\""));
        Member reference = member("reference", RawJson.same("\"urn:uuid:1\""));
        int at = new Random(seed).nextInt(members.size() + 1);
        members.add(at, reference);
        changed.add(at, member("reference", RawJson.same("\"Patient/1\"")));
        Text inner = json.object(members);
        String expected = json.object(List.of(type, member("subject", json.object(changed))))
                .minified();

        byte[] rewritten = LinkRewriter.rewrite(
                json.object(List.of(type, member("subject", inner))).messy().getBytes(UTF_8),
                new LinkRewriter.Target() {
                    @Override
                    public String reference(String text) {
                        return text.replace("urn:uuid:1", "Patient/1");
                    }

                    @Override
                    public String link(String text) {
                        return reference(text);
                    }
                });

        assertThat(new String(rewritten, UTF_8)).isEqualTo(expected);
    }

    private static Text meta(RawJson json, List<Member> kept, Random random) {
        List<Member> all = new ArrayList<>(kept);
        if (random.nextBoolean()) {
            json.insert(all, member("versionId", json.value(1)));
        }
        if (random.nextBoolean()) {
            json.insert(all, member("lastUpdated", json.value(1)));
        }
        return json.object(all);
    }

    private static String expected(
            RawJson json, List<Member> sent, List<Member> kept, boolean withId, boolean withMeta) {
        List<Member> stamped = new ArrayList<>(kept);
        stamped.add(0, STAMP);
        Member meta = member("meta", json.object(stamped));
        List<Member> expected = new ArrayList<>();
        for (Member each : sent) {
            if (each.name().equals("\"meta\"")) {
                expected.add(meta);
                continue;
            }
            expected.add(each.name().equals("\"id\"") ? member("id", RawJson.same("\"given\"")) : each);
            if (each.name().equals("\"resourceType\"") && !withId) {
                expected.add(member("id", RawJson.same("\"given\"")));
            }
            if (each.name().equals(withId ? "\"id\"" : "\"resourceType\"") && !withMeta) {
                expected.add(member("meta", json.object(List.of(STAMP))));
            }
        }
        return json.object(expected).minified();
    }

    private static Member member(String name, Text value) {
        return new Member("\"" + name + "\"", value);
    }

    private static String line(String text, String id) {
        return new String(ResourceJson.parse(text.getBytes(UTF_8)).line(id).stamp(3, FhirInstant.format(TIME)), UTF_8);
    }
}
