package dev.sluice.ingest;

import dev.sluice.fhir.FhirException;
import dev.sluice.fhir.ResourceKey;
import dev.sluice.fhir.ResourceType;
import dev.sluice.security.Caller;
import dev.sluice.security.Interaction;
import jakarta.servlet.http.HttpServletRequest;

/**
 * Checks what a caller does with single resources, before it is done.
 *
 * <p>Whatever tells something of a stored resource needs the permission that reading it or searching for it would need: a
 * condition in place of an id is a search, and a JSON Patch can test values. A client that is limited to some Groups reads
 * these Groups and exports them; every other resource could be of another patient, or change a Group.
 */
record ResourceAccess(Caller caller) {
    static ResourceAccess of(HttpServletRequest request) {
        return new ResourceAccess(Caller.of(request));
    }

    void create(ResourceType type) {
        write(Interaction.CREATE, type);
    }

    /** @param key a Group that the client is not limited to does not exist for it */
    void read(ResourceKey key) {
        caller.permissions().require(Interaction.READ, key.type());
        if (!key.type().equals(ResourceType.GROUP)) {
            requireUnlimited();
        } else if (!caller.limits().allowsGroup(key.id())) {
            throw FhirException.notFound(key + " does not exist, and never existed.");
        }
    }

    /** Also needed for a condition in place of an id. */
    void search(ResourceType type) {
        caller.permissions().require(Interaction.SEARCH, type);
        requireUnlimited();
    }

    /** For a create that gives back what its condition finds. */
    void foundBy(ResourceType type) {
        caller.permissions().require(Interaction.READ, type);
        search(type);
    }

    /** For a write that depends on the current version: whether it is done tells that version. */
    void compareVersion(ResourceType type) {
        caller.permissions().require(Interaction.READ, type);
        requireUnlimited();
    }

    /** By SMART's scopes, who may update may also create by an update. */
    void update(ResourceType type) {
        write(Interaction.UPDATE, type);
    }

    void patch(ResourceType type) {
        caller.permissions().require(Interaction.READ, type);
        update(type);
    }

    void delete(ResourceType type) {
        write(Interaction.DELETE, type);
    }

    private void write(Interaction interaction, ResourceType type) {
        caller.permissions().require(interaction, type);
        requireUnlimited();
    }

    private void requireUnlimited() {
        if (caller.limits().groups() != null) {
            throw FhirException.of(
                    403,
                    "forbidden",
                    "This client is limited to some Groups: it reads these Groups and exports them, and nothing else.");
        }
    }
}
