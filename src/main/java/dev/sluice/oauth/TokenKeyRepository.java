package dev.sluice.oauth;

import java.util.List;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.NativeQuery;
import org.springframework.data.repository.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The keys that sign access tokens. */
interface TokenKeyRepository extends Repository<TokenKeyEntity, String> {
    TokenKeyEntity saveAndFlush(TokenKeyEntity key);

    /** Every key, the newest first. */
    List<TokenKeyEntity> findAllByOrderByCreatedAtDesc();

    /** Removes keys that sign no more, and of which no token lives any more. */
    @Transactional
    @Modifying
    @NativeQuery("delete from token_key where created_at < clock_timestamp() - :seconds * interval '1 s'")
    int removeOlderThan(long seconds);
}
