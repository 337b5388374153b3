package dev.sluice.console;

import dev.sluice.fhir.FhirException;
import dev.sluice.security.Access;
import java.time.Duration;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** Serves the {@link Assets}. They have no data, so that the page that asks for a sign-in has them too. */
@Controller
@Access(Access.Rule.PUBLIC)
class AssetController {
    private static final CacheControl FOREVER =
            CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();

    private final Assets assets;

    AssetController(Assets assets) {
        this.assets = assets;
    }

    @GetMapping("/console/assets/{version}/{name}")
    ResponseEntity<byte[]> asset(@PathVariable String version, @PathVariable String name) {
        Assets.Asset asset =
                assets.find(name).orElseThrow(() -> FhirException.notFound("There is no file '" + name + "'."));
        return ResponseEntity.ok()
                .cacheControl(version.equals(assets.version()) ? FOREVER : CacheControl.noStore())
                .contentType(asset.type())
                .body(asset.content());
    }
}
