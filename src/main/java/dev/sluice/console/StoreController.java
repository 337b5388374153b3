package dev.sluice.console;

import dev.sluice.fhir.ResourceType;
import dev.sluice.security.Access;
import dev.sluice.security.Caller;
import dev.sluice.security.Interaction;
import dev.sluice.store.RowReader;
import dev.sluice.store.StoreInfo;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Comparator;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Shows how much is stored, and the groups that can be exported. */
@Controller
@Access(Access.Rule.VIEW)
class StoreController {
    private static final int ON_A_PAGE = 25;

    private final StoreInfo store;
    private final RowReader rows;

    StoreController(StoreInfo store, RowReader rows) {
        this.store = store;
        this.rows = rows;
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

    /** @param after the id of the last group of the page before */
    @GetMapping("/console/groups")
    @Access(Access.Rule.EXPORT)
    String groups(@RequestParam(defaultValue = "") String after, HttpServletRequest request, Model model) {
        Caller caller = Caller.of(request);
        caller.permissions().require(Interaction.READ, ResourceType.GROUP);
        caller.permissions().require(Interaction.SEARCH, ResourceType.GROUP);
        List<RowReader.ListedRow> page =
                rows.page(ResourceType.GROUP, after, caller.limits().groups(), ON_A_PAGE + 1);
        List<GroupLine> groups =
                page.stream().limit(ON_A_PAGE).map(GroupLine::of).toList();
        model.addAttribute("groups", groups);
        model.addAttribute(
                "next", page.size() > ON_A_PAGE ? groups.get(groups.size() - 1).id() : null);
        return "console/groups";
    }
}
