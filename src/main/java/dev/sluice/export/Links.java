package dev.sluice.export;

import dev.sluice.fhir.FhirJson;
import dev.sluice.fhir.FhirProblem;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.search.FilterIndex;
import dev.sluice.search.FilterUnion;
import dev.sluice.search.LinkedResources;
import dev.sluice.search.Referrers;
import dev.sluice.search.Signature;
import dev.sluice.search.TypeFilter;
import dev.sluice.store.KeyRange;
import dev.sluice.store.RowQuery;
import dev.sluice.store.RowReader;
import dev.sluice.store.RowStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Answers what the chains and the {@code _has} of one export's filters ask about other resources, as of its moment.
 *
 * <p>A chain reads the resource that is referred to, and keeps the last answers. {@code _has} reads the type that refers
 * once, and keeps eight bytes for each resource that is referred to: of ten million ids, two share these with a chance
 * of one in a hundred thousand. Safe for use by any number of threads.
 */
final class Links implements LinkedResources {
    private static final KeyRange ALL = new KeyRange(Long.MIN_VALUE, Long.MAX_VALUE, 0, 0);

    /** Answers about single resources are kept of so many; one takes about 200 bytes. */
    private static final int KEPT = 50_000;

    /** Ids that are referred to are kept as long as they are so many together: 64 MB. */
    private static final long REFERRED = 8_000_000;

    private final RowReader rows;
    private final RowStream stream;
    private final IndexLookups lookups;
    private final Instant asOf;
    private final Map<TargetKey, Boolean> taken = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TargetKey, Boolean> eldest) {
            return size() > KEPT;
        }
    });
    private final WeightedCache<Referrers, long[]> referred = new WeightedCache<>(REFERRED, ids -> ids.length);

    Links(RowReader rows, RowStream stream, IndexLookups lookups, Instant asOf) {
        this.rows = rows;
        this.stream = stream;
        this.lookups = lookups;
        this.asOf = asOf;
    }

    /** What a chain asks: the filter is the chain's own, and no copy of its text. */
    private record TargetKey(TypeFilter filter, String id) {}

    @Override
    public boolean isTaken(TypeFilter filter, String id) {
        TargetKey asked = new TargetKey(filter, id);
        Boolean known = taken.get(asked);
        if (known == null) {
            known = read(filter, id);
            taken.put(asked, known);
        }
        return known;
    }

    @Override
    public boolean isReferredTo(Referrers referrers, String id) {
        return Arrays.binarySearch(referredBy(referrers), hash(id)) >= 0;
    }

    private boolean read(TypeFilter filter, String id) {
        try {
            return rows.asOf(new ResourceKey(filter.type(), id), asOf)
                    .map(version -> filter.matches(FhirJson.stored(version.body()), this))
                    .orElse(false);
        } catch (FhirProblem notAnId) {
            return false;
        }
    }

    /** One thread reads while the others wait for its answer; a filter of referrers may ask for others in turn. */
    private synchronized long[] referredBy(Referrers referrers) {
        long[] known = referred.find(referrers);
        if (known == null) {
            FilterUnion filter = new FilterUnion(List.of(referrers.filter()), this);
            RowFaults faults = new RowFaults();
            LongStream.Builder found = LongStream.builder();
            List<TypeFilter> filters = List.of(referrers.filter());
            RowQuery all = RowQuery.everything(referrers.filter().type(), asOf)
                    .narrowedBy(lookups.of(filters, FilterIndex.GENERATION));
            stream.read(
                    all,
                    ALL,
                    (buffer, offset, length) -> {
                        if (faults.takes(filter, buffer, offset, length)) {
                            ObjectNode resource = (ObjectNode) FhirJson.stored(buffer, offset, offset + length);
                            referrers.idsIn(resource).forEach(id -> found.add(hash(id)));
                        }
                    },
                    canceller -> {});
            known = found.build().sorted().distinct().toArray();
            referred.put(referrers, known);
        }
        return known;
    }

    private static long hash(String id) {
        return Signature.identifier(null, id);
    }
}
