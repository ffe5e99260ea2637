#include "ndjson_store.hpp"

#include <ostream>
#include <utility>

#include "fetcher/pending.hpp"
#include "fetcher/wire.hpp"
#include "file_name.hpp"
#include "standard_streams.hpp"
#include "wire_record.hpp"
#include "xdr/error.hpp"

namespace fetcher {

namespace {

[[noreturn]] void refuse_question(const std::string& what) {
    throw xdr::Error({.where = "--last-run",
                      .what = "a last run file keeps no " + what,
                      .hint = "use --store, which keeps it"});
}

std::optional<Pending> read_pending(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return std::nullopt;
    const std::string text = read_file(file);
    try {
        return pending_from_json(text);
    } catch (const xdr::Error& wrong) {
        throw in_file(file, wrong);
    }
}

std::int64_t batch_number(const State& next) {
    if (const auto* state = std::get_if<CompleteState>(&next)) return state->batch;
    throw xdr::Error({.where = "--out",
                      .what = "only complete and complete-modified number their batches",
                      .hint = "use --out json with the other policies"});
}

}  // namespace

std::vector<std::string> batch_lines(const State& next,
                                     const std::vector<StoredIncident>& incidents) {
    std::vector<std::string> lines;
    BatchPlace place{.batch = batch_number(next), .index = 0, .of = incidents.size()};
    for (const StoredIncident& incident : incidents) {
        ++place.index;
        lines.push_back(ndjson_line(place, incident.xsoar_json));
    }
    return lines;
}

std::string incident_array(const std::vector<StoredIncident>& incidents) {
    std::vector<std::string> texts;
    for (const StoredIncident& incident : incidents) texts.push_back(incident.xsoar_json);
    return json_array(texts);
}

SavedRun read_saved_run(const std::filesystem::path& file) {
    if (auto pending = read_pending(file))
        return {.pending = std::move(pending->lines), .state = std::move(pending->next)};
    return {.pending = std::nullopt, .state = load_state(file)};
}

std::vector<std::string> lines_again(const std::filesystem::path& file, const SavedRun& saved,
                                     NdjsonStore::Form form, NdjsonStore::AfterCrash choice) {
    if (!saved.pending || choice == NdjsonStore::AfterCrash::assume_emitted) return {};
    if (form != NdjsonStore::Form::lines)
        throw xdr::Error({.where = file.string(),
                          .what = "a batch of --out ndjson is pending",
                          .hint = "run with --out ndjson to emit it again, or with "
                                  "--assume-emitted to skip it"});
    return *saved.pending;
}

NdjsonStore::NdjsonStore(const std::filesystem::path& file, std::ostream& out, Form form,
                         const std::string& command)
    : file_(resolved(file, "--last-run")),
      out_(out),
      form_(form),
      lock_(file_, {.command = command}) {
    // Under the lock: what shows that it can be written is where another would be writing.
    check_writable(file_);
    refuse_second_name(file_);
}

void NdjsonStore::recover(AfterCrash choice) {
    const SavedRun saved = read_saved_run(file_);
    if (!saved.pending) return;
    emit(lines_again(file_, saved, form_, choice));
    save(saved.state);
}

State NdjsonStore::load() {
    if (unsaved_) save(*std::exchange(unsaved_, std::nullopt));
    return load_state(file_, xdr::Blame::surroundings);
}

void NdjsonStore::save(const State& state) {
    unsaved_ = state;
    save_state(file_, state);
    unsaved_.reset();
}

void NdjsonStore::save_emitted(const State& state) {
    try {
        save(state);
    } catch (const xdr::Error& error) {
        throw HalfDone(error);
    }
}

void NdjsonStore::commit(const Batch& batch, const std::vector<StoredIncident>& incidents,
                         const RunRecord&) {
    if (form_ == Form::array) {
        emit({incident_array(incidents)});
        save_emitted(batch.state);
        return;
    }
    const std::vector<std::string> lines = batch_lines(batch.state, incidents);
    if (!lines.empty()) {
        const Pending pending{.batch = batch_number(batch.state),
                              .ids =
                                  [&] {
                                      std::vector<IncidentId> ids;
                                      for (const auto& one : incidents) ids.push_back(one.id);
                                      return ids;
                                  }(),
                              .lines = lines,
                              .next = batch.state};
        replace_file(file_, to_json(pending, load()) + "\n");
        emit(lines);
    }
    save_emitted(batch.state);
}

void NdjsonStore::set_state(const State& state) { save(state); }

std::vector<RunRecord> NdjsonStore::history(std::int64_t) { refuse_question("history"); }

std::vector<StoredIncident> NdjsonStore::incidents(std::int64_t, std::int64_t) {
    refuse_question("incidents");
}

std::optional<StoredIncident> NdjsonStore::find(const IncidentId&) { refuse_question("incidents"); }

void NdjsonStore::emit(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) out_ << line << "\n";
    out_.flush();
    if (!out_) throw HalfDone(broken_output());
}

}  // namespace fetcher
