package dev.sluice.oauth;

import java.time.Instant;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The assertions that clients have used. */
interface UsedAssertionRepository extends Repository<UsedAssertionEntity, String> {
    /**
     * Records that an assertion is used. Of two processes that do it at a time, one waits for the other and fails then.
     *
     * @return 0 if it was used before
     */
    @Transactional
    @Modifying
    @NativeQuery("insert into used_assertion (id, expires_at) values (:id, :expiresAt) on conflict do nothing")
    int use(String id, Instant expiresAt);

    /** Removes those that are refused anyway, since they have expired. */
    @Transactional
    @Modifying
    @NativeQuery("delete from used_assertion where expires_at < clock_timestamp() - interval '1 minute'")
    int removeExpired();
}
