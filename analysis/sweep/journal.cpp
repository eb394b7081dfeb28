// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

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

[[noreturn]] void refuse(const Place& place, const std::string& message,
                         const std::string& hint = kHint) {
  Findings findings;
  findings.add(place, message, hint);
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
    : path_(journal_in(directory)), columns_(study.columns) {
  file_ = open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (file_ < 0) fail(errno);
  try {
    lock();
    if (anew && ftruncate(file_, 0) != 0) fail(errno);
    const Digests digests = input_digests(study);
    const bool is_begun = read(study, digests);
    if (!is_begun) {
      write({{"journal", kJournalSchema},
             {"study", study.name},
             {"version", kVersion},
             {"inputs", digests}});
    }
  } catch (...) {
    close(file_);
    throw;
  }
}

Journal::~Journal() { close(file_); }

void Journal::lock() {
  if (flock(file_, LOCK_EX | LOCK_NB) == 0) return;
  if (errno != EWOULDBLOCK) return;  // a file system without locks
  refuse({path_, 0, 0}, "another sweep writes this journal", "-o for another directory");
}

bool Journal::read(const Study& study, const Digests& digests) {
  std::ifstream stream(path_, std::ios::binary);
  Findings findings;
  off_t end = 0;  // of the last whole line
  int number = 0;
  bool names_all = false;
  for (std::string line; std::getline(stream, line) && !stream.eof();) {
    ++number;
    end += static_cast<off_t>(line.size()) + 1;
    const Json entry = Json::parse(line, nullptr, false);
    const bool is_header = entry.is_object() && entry.contains("journal");
    const bool is_point = entry.is_object() && entry.contains("point");
    if ((number == 1 && !is_header) || (!is_header && !is_point)) {
      refuse({path_, number, 0}, "this is no line of the journal of a sweep");
    }
    if (is_header) compare(entry, study, digests, {path_, 0, 0}, findings);
    if (is_header) names_all = names_all_of(digests, entry);
    if (is_point) read_entry(entry);
  }
  if (!findings.empty()) throw InputError(findings);
  if (ftruncate(file_, end) != 0) fail(errno);
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
  write(entry);
}

void Journal::write(const Json& line) {
  std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace);
  // What is known of a point is what the next sweep would read.
  if (line.contains("point")) read_entry(Json::parse(text));
  text += '\n';
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t size = ::write(file_, text.data() + done, text.size() - done);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) fail(errno);
    done += static_cast<std::size_t>(size);
  }
  fdatasync(file_);
}

void Journal::fail(int error) const {
  throw OutputError(fmt::format("cannot write '{}': {}", path_, std::strerror(error)));
}

}  // namespace qnnsim
