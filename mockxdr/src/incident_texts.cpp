#include "incident_texts.hpp"

namespace mockxdr {

const std::string& IncidentTexts::text_of(const Match& match) {
    const std::size_t position = match.incident->position;
    if (position >= texts_.size()) texts_.resize(position + 1);
    std::unique_ptr<Text>& text = texts_[position];
    const Version& version = *match.version;
    if (text && text->from == version.from && text->change == version.change) return text->json;
    if (!text) {
        text = std::make_unique<Text>();
        kept_.push_back(position);
    }
    bytes_ -= text->json.size();
    text->from = version.from;
    text->change = version.change;
    text->json.clear();
    write_incident(match, form_, text->json);
    text->json.shrink_to_fit();
    bytes_ += text->json.size();
    return text->json;
}

void IncidentTexts::forget_oldest() {
    while (bytes_ > most_bytes && !kept_.empty()) {
        bytes_ -= texts_[kept_.front()]->json.size();
        texts_[kept_.front()].reset();
        kept_.pop_front();
    }
}

std::string IncidentTexts::write_page(const Selection& selection) {
    std::string out = R"({"reply": {"total_count": )" + std::to_string(selection.total_count) +
                      R"(, "result_count": )" + std::to_string(selection.rows.size()) +
                      R"(, "incidents": [)";
    out.reserve(out.size() + 256 + selection.rows.size() * 2048);
    for (std::size_t i = 0; i < selection.rows.size(); ++i) {
        if (i > 0) out += ", ";
        out += text_of(selection.rows[i]);
    }
    out += ']';
    write_restricted(selection.restricted, form_, out);
    out += "}}";
    forget_oldest();
    return out;
}

}  // namespace mockxdr
