package dev.sluice.disclosure;

import dev.sluice.audit.Audit;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Records which patients an export holds. It is recorded before the plan of the export is, and so before any of its files
 * exists; if that fails, there is no plan. The records are kept when the job is deleted.
 */
@Component
public class Disclosures {
    private final Audit audit;
    private final DisclosureRepository exports;
    private final TransactionTemplate transaction;

    Disclosures(Audit audit, DisclosureRepository exports, PlatformTransactionManager transactions) {
        this.audit = audit;
        this.exports = exports;
        this.transaction = new TransactionTemplate(transactions);
    }

    /** Takes patients of an export. */
    @FunctionalInterface
    public interface Patients {
        /**
         * Takes some patients.
         *
         * @param certain whether they are in the export; otherwise they may be
         */
        void take(Integer[] numbers, boolean certain);
    }

    /** Whether exports are recorded, as all events are. */
    public boolean areRecorded() {
        return audit.isEnabled();
    }

    /**
     * Records an export, all of it or nothing. A repeated call adds the patients that it finds.
     *
     * @param patients passes on the patients, if they are listed; runs in the same transaction
     */
    public void record(Disclosure export, Consumer<Patients> patients) {
        if (export.listed()) {
            transaction.executeWithoutResult(status -> {
                add(export);
                patients.accept((numbers, certain) -> exports.addPatients(export.job(), certain, numbers));
            });
        } else {
            add(export); // one statement needs no more than itself
        }
    }

    private void add(Disclosure export) {
        Disclosure.Content content = export.content();
        exports.add(
                export.job(),
                export.recipient().issuer(),
                export.recipient().client(),
                export.asOf(),
                export.since(),
                content.scope(),
                Disclosure.joined(content.types()),
                Disclosure.joined(content.filtered()),
                content.deidentifiedBy(),
                export.everyPatient(),
                export.listed());
    }
}
