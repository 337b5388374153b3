package dev.sluice.console;

import dev.sluice.security.Access;
import dev.sluice.store.StoreInfo;
import java.util.Comparator;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** Shows how much is stored. */
@Controller
@Access(Access.Rule.VIEW)
class StoreController {
    private final StoreInfo store;

    StoreController(StoreInfo store) {
        this.store = store;
    }

    @GetMapping("/console/contents")
    String contents(Model model) {
        List<StoreInfo.TypeContent> types = store.contents().stream()
                .sorted(Comparator.comparing(StoreInfo.TypeContent::resources).reversed())
                .toList();
        model.addAttribute("types", types);
        model.addAttribute("counted", StoreInfo.COUNTED);
        model.addAttribute(
                "total",
                types.stream().mapToLong(StoreInfo.TypeContent::resources).sum());
        model.addAttribute("size", store.databaseSize());
        return "console/contents";
    }
}
