#include <algorithm>

#include "mockxdr/incident_fields.hpp"
#include "mockxdr/json.hpp"
#include "wire.hpp"

namespace mockxdr {

namespace {

bool is_sent(const Match& match, const Form& form, const IncidentField& field) {
    if (!is_in_preset(field, form.preset)) return false;
    if (form.permission == Permission::limited && needs_full_permission(field)) return false;
    const auto& absent = match.incident->absent;
    if (std::find(absent.begin(), absent.end(), field.name) != absent.end()) return false;
    switch (field.sent) {
        case Sent::always:
            return true;
        case Sent::when_set:
            return match.version->fields.find(field.name) != nullptr;
        case Sent::extra_data_only:
            return false;
    }
    return false;
}

}  // namespace

void write_incident(const Match& match, const Form& form, std::string& out) {
    out += '{';
    bool first = true;
    for (const IncidentField& field : incident_fields()) {
        if (!is_sent(match, form, field)) continue;
        if (!first) out += ", ";
        first = false;
        json::write_text(field.name, out);
        out += ": ";
        json::write(shown_value(*match.incident, *match.version, field.name), out);
    }
    out += '}';
}

}  // namespace mockxdr
