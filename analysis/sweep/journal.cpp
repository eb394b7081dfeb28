// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/journal.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "analysis/sweep/point_reason.h"
#include "sim/output_file.h"
#include "version.h"

namespace qnnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr char kFileName[] = "points.jsonl";
constexpr int kJournalSchema = 1;
constexpr std::size_t kMostErrors = 4096;  ///< [bytes] of a point's standard error that are kept
constexpr char kHint[] = "-o for another directory, or --force to begin anew";

std::string journal_in(const std::string& directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw OutputError(fmt::format("cannot make directory '{}': {}", directory, error.message()));
  }
  return (fs::path(directory) / kFileName).string();
}

[[noreturn]] void refuse(const Place& place, const std::string& message) {
  Findings findings;
  findings.add(place, message, kHint);
  throw InputError(findings);
}

using Digests = std::map<std::string, std::string>;

/// Adds to `findings` why points of the journal that begins with `header` are none of `study`,
/// whose scenarios and networks now have these digests.
void compare(const Json& header, const Study& study, const Digests& digests, const Place& place,
             Findings& findings) {
  const auto differ = [&](const std::string& what, const std::string& here,
                          const std::string& now) {
    if (here == now) return;
    findings.add(place, fmt::format("this is the journal of {} {}, not {}", what, here, now),
                 kHint);
  };
  differ("study", header.value("study", ""), study.name);
  differ("qnnsim", header.value("version", ""), kVersion);
  const Json& known = header.value("inputs", Json::object());
  for (const auto& [path, digest] : digests) {
    if (known.value(path, digest) == digest) continue;
    findings.add(place, fmt::format("'{}' has changed since the journal was begun", path), kHint);
  }
}

/// Does `header` have all of `digests`? It has not when points with other inputs were added to the
/// study since.
bool names_all_of(const Digests& digests, const Json& header) {
  const Json& known = header.value("inputs", Json::object());
  return std::all_of(digests.begin(), digests.end(),
                     [&](const auto& input) { return known.contains(input.first); });
}

}  // namespace

const Json* value_at(const Json& json, std::string_view path) {
  if (path.empty()) return &json;
  const auto behind = [&](std::string_view key, const Json& value) -> const Json* {
    if (key.empty() || path.compare(0, key.size(), key) != 0) return nullptr;
    const std::string_view rest = path.substr(key.size());
    if (rest.empty()) return &value;
    return rest.front() == '.' && rest.size() > 1 ? value_at(value, rest.substr(1)) : nullptr;
  };
  for (const auto& [key, value] : json.items()) {
    if (!json.is_structured()) break;
    const Json* found = behind(key, value);
    const bool has_name = json.is_array() && value.is_object() && value.contains("name");
    if (found == nullptr && has_name && value["name"].is_string()) {
      found = behind(value["name"].get_ref<const std::string&>(), value);
    }
    if (found != nullptr) return found;
  }
  return nullptr;
}

Journal::Journal(const std::string& directory, const Study& study, bool anew)
    : file_(journal_in(directory), anew, "-o for another directory"), columns_(study.columns) {
  const Digests digests = input_digests(study);
  const bool is_begun = read(study, digests);
  if (is_begun) return;
  file_.add({{"journal", kJournalSchema},
             {"study", study.name},
             {"version", kVersion},
             {"inputs", digests}});
}

bool Journal::read(const Study& study, const Digests& digests) {
  Findings findings;
  bool names_all = false;
  file_.read([&](const Json& entry, int number) {
    const bool is_header = entry.is_object() && entry.contains("journal");
    const bool is_point = entry.is_object() && entry.contains("point");
    if ((number == 1 && !is_header) || (!is_header && !is_point)) {
      refuse({file_.path(), number, 0}, "this is no line of the journal of a sweep");
    }
    if (is_header) compare(entry, study, digests, {file_.path(), 0, 0}, findings);
    if (is_header) names_all = names_all_of(digests, entry);
    if (is_point) read_entry(entry);
  });
  if (!findings.empty()) throw InputError(findings);
  return names_all;
}

void Journal::read_entry(const Json& entry) {
  PointRecord record;
  const Json& reason = entry.value("reason", Json());
  if (reason.is_string()) record.reason = reason.get<std::string>();
  static const Json nothing;
  const Json& result = entry.contains("result") ? entry["result"] : nothing;
  for (const std::string& column : columns_) {
    const Json* value = value_at(result, column);
    if (value != nullptr) columns_seen_.insert(column);
    record.values.push_back(value == nullptr ? Json() : *value);
  }
  records_[entry["point"].get<std::string>()] = std::move(record);
}

const PointRecord* Journal::find(const SweepPoint& point) const {
  const auto found = records_.find(point.id);
  return found == records_.end() ? nullptr : &found->second;
}

void Journal::add(const SweepPoint& point, const PointOutcome& outcome) {
  Json result = Json::parse(outcome.output, nullptr, false);
  if (result.is_discarded()) result = nullptr;
  const std::string reason = point_reason(outcome, result);
  Json entry = {{"point", point.id},
                {"arguments", point.arguments},
                {"exit_code", outcome.exit_code},
                {"reason", reason.empty() ? Json() : Json(reason)},
                {"seconds", outcome.seconds},
                {"host", outcome.host}};
  if (!reason.empty()) entry["errors"] = outcome.errors.substr(0, kMostErrors);
  entry["result"] = std::move(result);
  // What is known of a point is what the next sweep would read.
  read_entry(Json::parse(entry.dump(-1, ' ', false, Json::error_handler_t::replace)));
  file_.add(entry);
}

}  // namespace qnnsim
