package dev.sluice.oauth;

import java.util.List;
import java.util.Optional;
import org.springframework.data.repository.Repository;

/** The rows of clients. */
interface ClientRepository extends Repository<ClientEntity, String> {
    Optional<ClientEntity> findById(String id);

    /** The same for each request: one statement without a transaction. */
    List<ClientEntity> readByIdIn(List<String> ids);

    List<ClientEntity> findAllByOrderById();

    ClientEntity save(ClientEntity client);
}
