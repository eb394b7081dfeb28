// SPDX-License-Identifier: Apache-2.0
#include "analysis/sweep/local_crew.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>

#include "sim/cosim/command.h"
#include "sim/exit_code.h"

namespace qnnsim {
namespace {

using namespace std::chrono_literals;

/// Between two looks at the processes.
constexpr auto kPoll = 1ms;
/// A process that was asked to end is killed after this time.
constexpr auto kGrace = 2s;

std::string host_name() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

/// Points run in another directory, from which a relative path in the environment would lead
/// elsewhere.
void make_absolute(const char* variable) {
  const char* path = std::getenv(variable);
  if (path == nullptr || *path == '\0') return;
  setenv(variable, std::filesystem::absolute(path).c_str(), 1);
}

int file_in_memory() {
  const int file = memfd_create("qnnsim-point", MFD_CLOEXEC);
  if (file < 0) throw std::system_error(errno, std::generic_category(), "cannot hold a result");
  return file;
}

std::string contents_of(int file) {
  struct stat status = {};
  fstat(file, &status);
  std::string text(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t size =
        pread(file, text.data() + done, text.size() - done, static_cast<off_t>(done));
    if (size <= 0) break;
    done += static_cast<std::size_t>(size);
  }
  text.resize(done);
  return text;
}

}  // namespace

LocalCrew::LocalCrew(int places) : places_(places), host_(host_name()) {
  make_absolute("QNNSIM_CONFIGS");
  make_absolute("QNNSIM_CACHE");
}

LocalCrew::~LocalCrew() {
  for (const Running& running : running_) kill(running.process, SIGTERM);
  const Clock::time_point deadline = Clock::now() + kGrace;
  while (!running_.empty() && Clock::now() < deadline) {
    if (!ended()) std::this_thread::sleep_for(kPoll);
  }
  for (const Running& running : running_) {
    kill(running.process, SIGKILL);
    wait_for_command(running.process);
    close(running.output);
    close(running.errors);
  }
}

void LocalCrew::start(const PointJob& job) {
  std::vector<std::string> command = {"/proc/self/exe"};
  command.insert(command.end(), job.arguments.begin(), job.arguments.end());
  command.insert(command.end(), {"--quiet", "--json", "-"});
  Running running;
  running.point = job.point;
  running.begin = Clock::now();
  try {
    running.output = file_in_memory();
    running.errors = file_in_memory();
    running.process = start_command(command, job.directory, running.output, running.errors);
    running_.push_back(running);
  } catch (const std::system_error& error) {
    if (running.output >= 0) close(running.output);
    if (running.errors >= 0) close(running.errors);
    not_started_.push_back(
        {job.point, kExitFault, {}, std::string("error: ") + error.what(), 0, host_});
  }
}

std::optional<PointOutcome> LocalCrew::next() {
  if (!not_started_.empty()) {
    const PointOutcome outcome = std::move(not_started_.front());
    not_started_.pop_front();
    return outcome;
  }
  std::optional<PointOutcome> outcome = ended();
  if (!outcome) std::this_thread::sleep_for(kPoll);
  return outcome;
}

std::optional<PointOutcome> LocalCrew::ended() {
  for (auto running = running_.begin(); running != running_.end(); ++running) {
    const std::optional<int> exit_code = poll_command(running->process);
    if (!exit_code) continue;
    PointOutcome outcome = outcome_of(*running, *exit_code);
    close(running->output);
    close(running->errors);
    running_.erase(running);
    return outcome;
  }
  return std::nullopt;
}

PointOutcome LocalCrew::outcome_of(const Running& running, int exit_code) const {
  const std::chrono::duration<double> time = Clock::now() - running.begin;
  return {running.point, exit_code, contents_of(running.output), contents_of(running.errors),
          time.count(),  host_};
}

}  // namespace qnnsim
