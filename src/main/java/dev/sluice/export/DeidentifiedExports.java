package dev.sluice.export;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.sluice.blob.BlobBatch;
import dev.sluice.deid.DeidKeys;
import dev.sluice.deid.DeidServices;
import dev.sluice.deid.Deidentifier;
import dev.sluice.deid.InvalidRulesException;
import dev.sluice.deid.KeySource;
import dev.sluice.deid.RuleFile;
import dev.sluice.fhir.ConcurrencyLimit;
import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.MemoryBudget;
import dev.sluice.output.ExportedFile;
import dev.sluice.output.OutcomeFile;
import dev.sluice.plan.ExportPlan;
import dev.sluice.plan.OutputFormat;
import dev.sluice.planner.ExportParameter;
import dev.sluice.planner.ExportRequest;
import dev.sluice.planner.OutputLayout;
import dev.sluice.planner.RecordedRules;
import dev.sluice.security.Caller;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The rules and the keys of de-identified exports. They are read and checked once, at the kick-off, and recorded with the
 * job: all its units use the same rules, keys and day.
 */
@Component
class DeidentifiedExports {
    /** A line of YAML may be a value; its tree takes more than that of JSON. */
    private static final long LINE_BYTES = 512;

    /** Large files take a second of a processor each. */
    private static final int READ_AT_A_TIME = 2;

    /** Few exports run at a time; the units of one come one after the other. */
    private static final int KEPT = 8;

    private static final Duration KEPT_FOR = Duration.ofMinutes(5);

    /** Rules are tried on an id that no service should know. */
    private static final DeidServices ANY_ANSWER = new DeidServices(text -> text, (domain, value) -> value);

    private final RuleFiles files;
    private final RecordedRules recorded;
    private final OutputLayout layout;
    private final KeySource keySource;
    private final DeidServices services;
    private final ConcurrencyLimit limit = new ConcurrencyLimit(READ_AT_A_TIME, "the rules of other exports");
    private final Cache<UUID, Deidentifier> compiled =
            Caffeine.newBuilder().maximumSize(KEPT).expireAfterAccess(KEPT_FOR).build();

    DeidentifiedExports(
            RuleFiles files, RecordedRules recorded, OutputLayout layout, KeySource keySource, DeidServices services) {
        this.files = files;
        this.recorded = recorded;
        this.layout = layout;
        this.keySource = keySource;
        this.services = services;
    }

    /**
     * The checked rules of a request.
     *
     * @param name as the request names them
     * @param sha256 of the rules without keys: guesses of a key cannot be tried on it
     * @param keys that the file names, and new ones where it names none
     */
    record RequestedRules(String name, String sha256, RuleFile rules, DeidKeys keys) {
        /** Tells one set of keys from another. It is so short that guesses of a key cannot be tried on it. */
        String keyHash() {
            byte[] all = ByteBuffer.allocate(keys.dateShift().length
                            + keys.cryptoHash().length
                            + keys.encrypt().length
                            + keys.perturb().length)
                    .put(keys.dateShift())
                    .put(keys.cryptoHash())
                    .put(keys.encrypt())
                    .put(keys.perturb())
                    .array();
            return DigestUtils.sha256Hex(all).substring(0, 4);
        }
    }

    /**
     * Reads and checks the rules that a request names; null if it names none.
     *
     * @param memory counts the heap that the rules take
     * @throws FhirException 400 if they cannot be read or used
     */
    @Nullable
    RequestedRules read(ExportRequest request, MemoryBudget.Claim memory) throws InterruptedIOException {
        String name = request.value(ExportParameter.ANONYMIZATION_CONFIG);
        if (name == null) {
            return null;
        }
        byte[] file = files.read(name, request.value(ExportParameter.ANONYMIZATION_CONFIG_ETAG), memory);
        memory.hold(file.length, heap(file));
        try {
            RuleFile rules = limit.run(() -> checked(request, file));
            DeidKeys keys = DeidKeys.of(rules.parameters().keys(), keySource);
            return new RequestedRules(name, DigestUtils.sha256Hex(rules.text()), rules, keys);
        } catch (InvalidRulesException e) {
            throw FhirException.invalid(String.valueOf(e.getMessage()));
        }
    }

    private static long heap(byte[] file) {
        long lines = 0;
        for (byte next : file) {
            lines += next == '\n' ? 1 : 0;
        }
        return MemoryBudget.treeBytes(file, 0, file.length) + lines * LINE_BYTES;
    }

    /** Rules that can be compiled, with whatever keys. */
    private RuleFile checked(ExportRequest request, byte[] file) {
        RuleFile rules = RuleFile.parse(file);
        rules.requireApplicable();
        services.requireFor(rules);
        rules.requireStableIds(named(request));
        Deidentifier tried = Deidentifier.of(rules, DeidKeys.random(), LocalDate.EPOCH, ANY_ANSWER);
        requireHeaders(request, tried);
        requireIds(request, rules, tried);
        return rules;
    }

    /** As long as an id can be. */
    private static final String LONG_ID = "z".repeat(64);

    /**
     * The types of resources that the export names without reading them: deleted ones, those of which blocks are, and the
     * patients of tables.
     */
    private static Set<ResourceType> named(ExportRequest request) {
        Set<ResourceType> named = new LinkedHashSet<>();
        request.values(ExportParameter.ORGANIZE_OUTPUT_BY).forEach(type -> named.add(ResourceType.of(type)));
        if (request.format().isTable()) {
            named.add(ResourceType.PATIENT);
        }
        boolean commits = request.format() == OutputFormat.DELTA;
        List<String> types = request.values(ExportParameter.TYPE);
        boolean onlyThese = !types.isEmpty()
                && request.values(ExportParameter.INCLUDE_REFERENCED).isEmpty();
        if ((request.fillsDeletedList() || commits) && onlyThese) {
            types.forEach(type -> named.add(ResourceType.of(type)));
        } else if (request.fillsDeletedList() || commits) {
            named.addAll(ResourceType.all());
        }
        return named;
    }

    /** Later exports find the rows of tables by their ids. */
    private static void requireIds(ExportRequest request, RuleFile rules, Deidentifier deidentifier) {
        if (request.format() != OutputFormat.DELTA) {
            return;
        }
        if (rules.skipsFaults()) {
            throw FhirException.invalid(
                    "Tables of Delta Lake need the ids of all resources, and processingErrors 'skip'"
                            + " empties those that cannot be de-identified. Use 'raise'.");
        }
        named(request).stream()
                .filter(type -> Stream.of("a", "b", LONG_ID)
                                .map(id -> deidentifier.id(type, id))
                                .filter(Objects::nonNull)
                                .distinct()
                                .count()
                        < 3)
                .findFirst()
                .ifPresent(type -> {
                    throw FhirException.invalid(
                            "Tables of Delta Lake need an id of its own for each resource, and the rules remove those of "
                                    + type + ", or give several the same. Use rules that keep or replace them, as"
                                    + " cryptoHash does.");
                });
    }

    /** The header of a block names a resource by its id. */
    private static void requireHeaders(ExportRequest request, Deidentifier deidentifier) {
        String by = request.value(ExportParameter.ORGANIZE_OUTPUT_BY);
        if (by != null && deidentifier.id(ResourceType.of(by), "a") == null) {
            throw FhirException.invalid(ExportParameter.ORGANIZE_OUTPUT_BY + " names blocks by the ids of " + by
                    + ", which the rules remove. Use rules that keep or replace them, as cryptoHash does.");
        }
    }

    /**
     * A hash of what an export may hold and of whose it is, whatever the time that it shows; with that of the keys behind a
     * dash.
     */
    static String hash(ExportRequest request, Caller caller, @Nullable RequestedRules rules) {
        List<Object> content = new ArrayList<>();
        content.add(caller.owner());
        content.add(request.scope());
        Map<ExportParameter, List<String>> parameters = new TreeMap<>(request.parameters());
        parameters.keySet().removeAll(List.of(ExportParameter.SINCE, ExportParameter.UNTIL));
        if (request.views() != null) {
            parameters.remove(ExportParameter.TYPE); // it follows from the views, and these may change
        }
        parameters.forEach((parameter, values) -> content.add(parameter + "=" + values));
        content.add(new TreeMap<>(request.bounds().restrictions()));
        content.add(
                request.bounds().groups() == null
                        ? "all"
                        : new TreeSet<>(request.bounds().groups()));
        content.add(rules == null ? "" : rules.sha256());
        if (request.views() != null) {
            content.add("views");
        }
        return DigestUtils.sha256Hex(content.toString()) + (rules == null ? "" : "-" + rules.keyHash());
    }

    /** Records rules and keys with a job. */
    void record(UUID job, RequestedRules requested) {
        recorded.add(
                job,
                new RecordedRules.RulesAndKeys(
                        requested.rules().text(), requested.keys().text()));
    }

    /** What de-identifies the resources of a job. */
    Deidentifier of(UUID job, Instant transactionTime) {
        return Objects.requireNonNull(compiled.get(job, id -> compile(id, transactionTime)));
    }

    private Deidentifier compile(UUID job, Instant transactionTime) {
        RecordedRules.RulesAndKeys texts = recorded.get(job);
        return Deidentifier.of(
                rules(texts),
                DeidKeys.parse(texts.keys()),
                LocalDate.ofInstant(transactionTime, ZoneOffset.UTC),
                services);
    }

    /**
     * Writes the report of a job: how often each rule changed an element.
     *
     * @param counts by the number of the rule
     */
    ExportedFile writeReport(UUID job, ExportPlan plan, Map<Integer, Long> counts, BlobBatch batch) {
        RuleFile rules = rules(recorded.get(job));
        return OutcomeFile.write(
                batch, plan, layout.errorFile("deidentification"), new DeidentificationReport(rules, counts).issues());
    }

    private static RuleFile rules(RecordedRules.RulesAndKeys texts) {
        return RuleFile.parse(texts.rules().getBytes(StandardCharsets.UTF_8));
    }

    /** Deletes the rules and the keys of a job that writes no more. */
    void delete(UUID job) {
        recorded.delete(job);
        compiled.invalidate(job);
    }
}
