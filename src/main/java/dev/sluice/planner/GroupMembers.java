package dev.sluice.planner;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.FhirInstant;
import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.json.MemoryBudget;
import dev.sluice.r4.OwnBases;
import dev.sluice.store.RowReader;
import dev.sluice.store.StoredVersion;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * Finds the patients who are members of a Group, or of the groups in it, at a given time.
 *
 * <p>A member counts unless it is {@code inactive} or the time is outside its {@code period}. Each group is read once,
 * even if groups contain each other. Members are read one by one, so memory does not grow with the group.
 *
 * @see <a href="https://hl7.org/fhir/R4/group.html">Group</a>
 */
@Component
public class GroupMembers {
    private static final int BATCH = 1_000;

    private final RowReader rows;
    private final MemoryBudget budget;

    GroupMembers(RowReader rows, MemoryBudget budget) {
        this.rows = rows;
        this.budget = budget;
    }

    /**
     * Throws a 404 problem if the group does not exist, and a 400 problem if it defines its members by other means than
     * a list.
     */
    void require(String groupId) {
        ResourceKey key = new ResourceKey(ResourceType.GROUP, groupId);
        String reason;
        try (MemoryBudget.Claim memory = budget.claim()) {
            StoredVersion group = rows.current(key, bytes -> memory.hold(bytes, 0))
                    .filter(version -> !version.deleted())
                    .orElseThrow(() -> unknown(groupId));
            reason = UnsupportedGroup.reason(group.body());
        }
        if (reason != null) {
            throw FhirException.of(
                    400,
                    "not-supported",
                    key + " " + reason + "; export a Group with actual=true that lists its patients as members.");
        }
    }

    /** A 404 problem: to the client, the Group does not exist. */
    public static FhirException unknown(String groupId) {
        return FhirException.notFound(
                "Group/" + groupId + " does not exist; check the id, or search for the Group with GET [base]/Group.");
    }

    /**
     * Passes the ids of the patients to the receiver, in batches. An id may be repeated.
     *
     * @param bounds name the Groups that exist to the client
     * @param bases base URLs of absolute references to this server
     * @return warnings for the client about members that could not be resolved
     */
    public List<String> find(
            String groupId, ExportBounds bounds, Instant time, OwnBases bases, Consumer<List<String>> receiver) {
        Search search = new Search(bounds, time, bases, receiver);
        search.add(groupId);
        search.run();
        return search.warnings;
    }

    /** One search, with the groups that remain to be read and those that were found. */
    private final class Search {
        private final ExportBounds bounds;
        private final Instant time;
        private final OwnBases bases;
        private final Consumer<List<String>> receiver;
        private final Deque<String> toRead = new ArrayDeque<>();
        private final Set<String> seen = new HashSet<>();
        private final List<String> patients = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();

        Search(ExportBounds bounds, Instant time, OwnBases bases, Consumer<List<String>> receiver) {
            this.bounds = bounds;
            this.time = time;
            this.bases = bases;
            this.receiver = receiver;
        }

        void add(String groupId) {
            if (seen.add(groupId)) {
                toRead.add(groupId);
            }
        }

        void run() {
            for (String id = toRead.poll(); id != null; id = toRead.poll()) {
                if (!bounds.allowGroup(id)) {
                    read(id, Optional.empty());
                    continue;
                }
                try (MemoryBudget.Claim memory = budget.claim()) {
                    read(id, rows.asOf(new ResourceKey(ResourceType.GROUP, id), time, bytes -> memory.hold(bytes, 0)));
                }
            }
            flush();
        }

        private void read(String id, Optional<StoredVersion> group) {
            if (group.isEmpty()) {
                warnings.add("Group/" + id + " is named as a member and does not exist; its members are left out.");
                return;
            }
            byte[] body = group.get().body();
            String reason = UnsupportedGroup.reason(body);
            if (reason != null) {
                warnings.add("Group/" + id + " " + reason + "; its members are left out.");
                return;
            }
            int unresolved = 0;
            try (JsonParser json = FhirJson.MAPPER.createParser(body)) {
                json.nextToken();
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    boolean members = "member".equals(json.currentName());
                    json.nextToken();
                    if (!members) {
                        json.skipChildren();
                        continue;
                    }
                    if (json.currentToken() == JsonToken.START_ARRAY) {
                        while (json.nextToken() != JsonToken.END_ARRAY) {
                            unresolved += resolves(json.<@Nullable JsonNode>readValueAsTree()) ? 0 : 1;
                        }
                    } else if (json.currentToken() != JsonToken.VALUE_NULL) {
                        warnings.add("Group/" + id
                                + " has a 'member' that is no array. It is read as an array of this one member.");
                        unresolved += resolves(json.<@Nullable JsonNode>readValueAsTree()) ? 0 : 1;
                    }
                }
            }
            if (unresolved > 0) {
                warnings.add(
                        unresolved + " member(s) of Group/" + id + " are no reference to a Patient or Group of"
                                + " this server, or have a modifierExtension or a period that cannot be read; they are left out.");
            }
        }

        /** Whether a member counts at the time of the search. */
        private boolean resolves(@Nullable JsonNode member) {
            return member != null
                    && member.isObject()
                    && isReadable(member.path("period"))
                    && (!isMember(member) || take(member));
        }

        private boolean isMember(JsonNode member) {
            if (member.path("inactive").asBoolean(false)) {
                return false;
            }
            JsonNode period = member.path("period");
            boolean begun =
                    span(period, "start").map(s -> !s.from().isAfter(time)).orElse(true);
            boolean ended =
                    span(period, "end").map(s -> !s.until().isAfter(time)).orElse(false);
            return begun && !ended;
        }

        /** Whoever left at a time that cannot be read must not be taken for a member. */
        private static boolean isReadable(JsonNode period) {
            return Stream.of("start", "end")
                    .allMatch(
                            end -> !period.hasNonNull(end) || span(period, end).isPresent());
        }

        private static Optional<FhirInstant.Span> span(JsonNode period, String end) {
            return FhirInstant.parse(period.path(end).asString(""));
        }

        private boolean take(JsonNode member) {
            if (!member.path("modifierExtension").isEmpty()) {
                return false;
            }
            ResourceKey entity =
                    bases.resource(member.path("entity").path("reference").asString(""));
            if (entity == null) {
                return false;
            }
            if (entity.type().equals(ResourceType.PATIENT)) {
                patients.add(entity.id());
                if (patients.size() >= BATCH) {
                    flush();
                }
                return true;
            }
            if (entity.type().equals(ResourceType.GROUP)) {
                add(entity.id());
                return true;
            }
            return false;
        }

        private void flush() {
            if (!patients.isEmpty()) {
                receiver.accept(List.copyOf(patients));
                patients.clear();
            }
        }
    }
}
