package dev.sluice.export;

import dev.sluice.store.RowQuery.What;
import dev.sluice.store.RowSample;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Says about how large an export would be, without starting one: from samples of the rows that it would read. */
@Component
class Estimates {
    private final Reach reach;
    private final Selection selection;
    private final Patients patients;
    private final RowSample samples;
    private final TransactionTemplate transaction;

    Estimates(Reach reach, Selection selection, Patients patients, RowSample samples, TransactionTemplate transaction) {
        this.reach = reach;
        this.selection = selection;
        this.patients = patients;
        this.samples = samples;
        this.transaction = transaction;
    }

    /**
     * One type of an export.
     *
     * @param rows lines, about
     * @param bytes of these lines, about
     * @param exact whether they were counted, and no others can be found when the export is planned
     */
    record OfType(String type, long rows, long bytes, boolean exact) {
        OfType about() {
            return new OfType(type, rows, bytes, false);
        }
    }

    /**
     * The types that the export would hold, by name, without what would have to be gathered. Nothing is left of it in the
     * store.
     */
    List<OfType> of(ExportRequest request, Instant now) {
        patients.require(request.scope());
        Instant historyFrom = request.past().history() ? Instant.EPOCH : null;
        ExportJob job = new ExportJob(request, "", now, historyFrom, new ExportJob.Place("", "", false));
        UUID id = UUID.randomUUID();
        List<OfType> types = transaction.execute(status -> {
            status.setRollbackOnly(); // the cohort is for this answer alone
            patients.find(id, job);
            return reach.types(job).stream()
                    .map(type -> {
                        OfType selected = estimate(selection.rows(reach.rows(id, job, type, What.RESOURCES), job));
                        return reach.isGathered(job, type) ? selected.about() : selected;
                    })
                    .filter(type -> type.rows() > 0)
                    .toList();
        });
        return types == null ? List.of() : types;
    }

    private OfType estimate(Selection.Rows rows) {
        RowSample.Estimate sample = samples.of(rows.query());
        String type = rows.query().type().name();
        Elements elements = rows.elements();
        if (sample.bodies().isEmpty() || (rows.filter().isEmpty() && elements == null)) {
            return new OfType(type, sample.rows(), sample.bytes(), sample.exact());
        }
        RowFaults faults = new RowFaults();
        long kept = 0;
        long read = 0;
        long written = 0;
        for (byte[] body : sample.bodies()) {
            read += body.length;
            if (faults.takes(rows.filter(), body, 0, body.length)) {
                kept++;
                byte[] left = elements == null ? body : faults.elements(elements, body, 0, body.length);
                written += left == null ? 0 : left.length;
            }
        }
        boolean all = sample.exact() && sample.bodies().size() == sample.rows();
        return new OfType(
                type,
                Math.round((double) sample.rows() * kept / sample.bodies().size()),
                Math.round((double) sample.bytes() * written / read),
                all);
    }
}
