// SPDX-License-Identifier: Apache-2.0
#include "sim/cosim/rtl_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "sim/cosim/command.h"
#include "sim/cosim/harness.h"
#include "sim/input_file.h"
#include "sim/output_file.h"
#include "sim/scratch_directory.h"
#include "sim/sha256.h"

namespace qnnsim {
namespace fs = std::filesystem;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RtlStream, name, data, valid, ready, width_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RtlPin, name, width_bits)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RtlPorts, clock, more_clocks, reset, reset_active_low, inputs,
                                   outputs, idle_inputs, idle_outputs)

namespace {

constexpr const char* kCompilerFlags[] = {"-std=c++17", "-O1", "-fPIC", "-fvisibility=hidden",
#ifdef __x86_64__
                                          // Each evaluation reads a thread-local variable.
                                          "-mtls-dialect=gnu2",
#endif
                                          "-DVL_TIME_CONTEXT"};

/// Adds `text` to a list from which no two different lists make the same string.
void add_field(std::string& list, const std::string& text) {
  list += fmt::format("{}:{}", text.size(), text);
}

/// Held while an entry is made; the system takes it back if the process dies.
class FileLock {
 public:
  explicit FileLock(const fs::path& path)
      : descriptor_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    if (descriptor_ < 0) {
      throw RtlError(fmt::format("cannot write '{}': {}", path.string(), std::strerror(errno)));
    }
    while (flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FileLock() { close(descriptor_); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  const int descriptor_;
};

/// A name for a directory to work in that no other process, and nothing else in this one, has.
fs::path work_path(const fs::path& parent) {
  static std::atomic<int> number{0};
  return parent / fmt::format("work-{}-{}", getpid(), number++);
}

/// Removes what processes that are no more have left behind.
void remove_leftovers(const fs::path& directory) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    int process = 0;
    if (std::sscanf(name.c_str(), "work-%d-", &process) != 1) continue;
    if (kill(process, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

void must_succeed(const std::string& kernel, const std::string& what,
                  const std::vector<std::string>& command, const fs::path& directory) {
  CommandResult result = run_command(command, directory.string());
  if (result.exit_code == 0) return;
  // The directory is gone when the message is read.
  const std::string place = directory.string() + "/";
  for (std::size_t at; (at = result.output.find(place)) != std::string::npos;) {
    result.output.erase(at, place.size());
  }
  throw RtlError(fmt::format("{}: {} fails ({} ended with {}):\n{}", kernel, what, command[0],
                             result.exit_code, result.output));
}

/// Verilator and the C++ compiler, and what is compiled once for all kernels.
class Tools {
 public:
  explicit Tools(const fs::path& directory) {
    verilator_ = find_program("verilator");
    compiler_ = find_program("c++");
    if (verilator_.empty() || compiler_.empty()) {
      throw RtlError(
          fmt::format("RTL needs {} in $PATH; on Debian: apt-get install verilator g++",
                      verilator_.empty() ? "Verilator (verilator)" : "a C++ compiler (c++)"));
    }
    for (const std::string& program : {verilator_, compiler_}) {
      add_field(identity_, program);
      add_field(identity_, std::to_string(fs::file_size(program)));
      add_field(identity_, std::to_string(fs::last_write_time(program).time_since_epoch().count()));
    }
    for (const char* flag : kCompilerFlags) add_field(identity_, flag);
    add_field(identity_, harness_header());
    add_field(identity_, harness_text({}, {}));
    runtime_ = directory / ("runtime-" + sha256(identity_).substr(0, 16));
    make_runtime(directory);
  }

  /// Differs where a tool or the harness does.
  const std::string& identity() const { return identity_; }
  const std::string& verilator() const { return verilator_; }

  std::vector<std::string> compile(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command = {compiler_};
    command.insert(command.end(), std::begin(kCompilerFlags), std::end(kCompilerFlags));
    for (const char* include : {"/include", "/include/vltstd"}) {
      command.push_back("-I" + root_ + include);
    }
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
  }

  /// `unit`, with the runtime, as a shared object.
  std::vector<std::string> link(const std::string& unit, const std::string& library) const {
    return compile({"-shared", "-pthread", "-include", header().string(), unit,
                    (runtime_ / "verilated.o").string(),
                    (runtime_ / "verilated_threads.o").string(), "-o", library});
  }

 private:
  fs::path header() const { return runtime_ / "kernel.h"; }

  void make_runtime(const fs::path& directory) {
    const auto read_root = [&] {
      root_ = contents(runtime_ / "verilator_root");
      return !root_.empty();
    };
    if (read_root()) return;
    fs::create_directories(directory);
    const FileLock lock(directory / "runtime.lock");
    if (read_root()) return;
    const ScratchDirectory work(work_path(directory));
    const CommandResult found =
        run_command({verilator_, "--getenv", "VERILATOR_ROOT"}, directory.string());
    root_ = found.output.substr(0, found.output.find('\n'));
    if (found.exit_code != 0 || !fs::exists(root_ + "/include/verilated.h")) {
      throw RtlError(
          fmt::format("'{}' does not say where its headers are: {}", verilator_, found.output));
    }
    const std::string sources = root_ + "/include/";
    const fs::path path = work.path() / "made";
    fs::create_directories(path);
    write_file_atomically((path / "kernel.h").string(), harness_header());
    const std::string what = "compiling Verilator's runtime";
    for (const std::string& command :
         {std::string("verilated"), std::string("verilated_threads")}) {
      must_succeed("RTL", what,
                   compile({"-include", (path / "kernel.h").string(), "-c",
                            sources + command + ".cpp", "-o", command + ".o"}),
                   path);
    }
    must_succeed("RTL", what, compile({"-x", "c++-header", "kernel.h", "-o", "kernel.h.gch"}),
                 path);
    // Last: what is not there yet is not used.
    write_file_atomically((path / "verilator_root").string(), root_);
    std::error_code ignored;
    fs::remove_all(runtime_, ignored);
    fs::rename(path, runtime_);
  }

  std::string verilator_;
  std::string compiler_;
  std::string root_;
  std::string identity_;
  fs::path runtime_;
};

std::string key_of(const RtlSource& source, const Tools& tools) {
  std::string text;
  add_field(text, tools.identity());
  add_field(text, source.top);
  add_field(text, source.text);
  for (const std::string& file : source.files) {
    add_field(text, fs::path(file).filename().string());
    add_field(text, contents(file));
  }
  for (const std::string& directory : source.include_dirs) add_field(text, directory);
  for (const auto* pairs : {&source.parameters, &source.defines}) {
    add_field(text, std::to_string(pairs->size()));
    for (const auto& [name, value] : *pairs) {
      add_field(text, name);
      add_field(text, value);
    }
  }
  const PortMap& ports = source.ports;
  for (const std::string& name : {ports.clock, ports.reset}) add_field(text, name);
  add_field(text, std::to_string(ports.more_clocks.size()));
  for (const std::string& name : ports.more_clocks) add_field(text, name);
  add_field(text, ports.reset_active_low ? std::to_string(int(*ports.reset_active_low)) : "");
  for (const PortMap::Stream& stream : ports.streams) {
    for (const std::string& name : {stream.name, stream.data, stream.valid, stream.ready}) {
      add_field(text, name);
    }
  }
  for (const auto& [name, value] : ports.constants) {
    add_field(text, name);
    add_field(text, std::to_string(value));
  }
  return sha256(text);
}

/// The arguments that tell Verilator what to elaborate.
std::vector<std::string> elaboration(const RtlSource& source, const std::string& text_file) {
  std::vector<std::string> arguments = {"--top-module", source.top,  "--no-timing",
                                        "-Wno-fatal",   "-Wno-lint", "-Wno-style"};
  for (const auto& [name, value] : source.parameters) {
    arguments.push_back(fmt::format("-G{}={}", name, value));
  }
  for (const auto& [name, value] : source.defines) {
    arguments.push_back(value.empty() ? "-D" + name : fmt::format("-D{}={}", name, value));
  }
  for (const std::string& directory : source.include_dirs) arguments.push_back("-I" + directory);
  if (!source.text.empty()) arguments.push_back(text_file);
  arguments.insert(arguments.end(), source.files.begin(), source.files.end());
  return arguments;
}

std::vector<std::string> port_names(const RtlPorts& ports) {
  std::vector<std::string> names = {ports.clock};
  names.insert(names.end(), ports.more_clocks.begin(), ports.more_clocks.end());
  if (!ports.reset.empty()) names.push_back(ports.reset);
  for (const auto* streams : {&ports.inputs, &ports.outputs}) {
    for (const RtlStream& stream : *streams) {
      names.insert(names.end(), {stream.data, stream.valid, stream.ready});
    }
  }
  for (const RtlPin& pin : ports.idle_inputs) names.push_back(pin.name);
  return names;
}

/// The files that Verilator read beside `source.text`, but not Verilator itself.
std::vector<std::string> files_read(const fs::path& dependencies, const std::string& text_file,
                                    const std::string& verilator) {
  std::istringstream words(contents(dependencies));
  std::vector<std::string> files;
  bool behind_colon = false;
  for (std::string word; words >> word;) {
    const bool program = fs::path(word).filename().string().rfind("verilator", 0) == 0;
    if (behind_colon && word != text_file && word != verilator && !program) files.push_back(word);
    behind_colon = behind_colon || word == ":";
  }
  return files;
}

void verilate(const RtlSource& source, const Tools& tools, const fs::path& made,
              const fs::path& work) {
  const std::string text_file = (work / (source.top + ".v")).string();
  if (!source.text.empty()) write_file_atomically(text_file, source.text);
  const auto run = [&](const std::string& what, std::vector<std::string> command) {
    const std::vector<std::string> rest = elaboration(source, text_file);
    command.insert(command.begin(), tools.verilator());
    command.insert(command.end(), rest.begin(), rest.end());
    must_succeed(source.kernel, what, command, work);
  };
  run("elaboration", {"--xml-only", "--xml-output", "ports.xml"});
  RtlPorts ports;
  try {
    ports = find_ports(contents(work / "ports.xml"), source.top, source.ports);
  } catch (const RtlPortError& error) {
    throw RtlError(fmt::format("{}: {}", source.kernel, error.what()));
  }
  // Without -fno-reloop Verilator 5.006 does not declare the index of its loops over wide vectors
  // in assertions (verilator/verilator#4824).
  run("verilating", {"--cc", "--prefix", "Vkernel", "-Mdir", "cc", "--assert", "--x-assign",
                     "unique", "--x-initial", "unique", "-O3", "-fno-reloop"});

  std::vector<std::string> generated;
  for (const auto& entry : fs::directory_iterator(work / "cc")) {
    if (entry.path().extension() == ".cpp") {
      generated.push_back("cc/" + entry.path().filename().string());
    }
  }
  std::sort(generated.begin(), generated.end());
  write_file_atomically((work / "unit.cpp").string(), harness_text(generated, port_names(ports)));
  const fs::path library = made / "kernel.so";
  must_succeed(source.kernel, "compiling", tools.link("unit.cpp", library.string()), work);

  nlohmann::json digests = nlohmann::json::object();
  for (const std::string& file :
       files_read(work / "cc/Vkernel__ver.d", text_file, tools.verilator())) {
    digests[file] = sha256(contents(file));
  }
  const nlohmann::json entry = {
      {"ports", ports}, {"library", sha256(contents(library))}, {"files", digests}};
  write_file_atomically((made / "entry.json").string(), entry.dump(1));
}

/// What the entry says; nothing if it is not there, damaged or out of date.
std::optional<RtlPorts> read_entry(const fs::path& directory, const RtlSource& source) {
  const nlohmann::json entry =
      nlohmann::json::parse(contents(directory / "entry.json"), nullptr, false);
  if (entry.is_discarded()) return std::nullopt;
  try {
    if (entry.at("library") != sha256(contents(directory / "kernel.so"))) return std::nullopt;
    for (const auto& [file, digest] : entry.at("files").items()) {
      // What is in `source` is part of the key already.
      const auto& known = source.files;
      if (std::find(known.begin(), known.end(), file) != known.end()) continue;
      if (digest != sha256(contents(file))) return std::nullopt;
    }
    return entry.at("ports").get<RtlPorts>();
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

RtlCache::RtlCache(std::string directory)
    : directory_((fs::absolute(directory) / "cosim").string()) {}

CompiledRtl RtlCache::get(const RtlSource& source) try {
  const fs::path root = directory_;
  const Tools tools(root);
  const std::string key = key_of(source, tools);
  const fs::path entry = root / key;
  const auto compiled = [&](RtlPorts ports) {
    return CompiledRtl{source.top, (entry / "kernel.so").string(), std::move(ports)};
  };
  if (auto ports = read_entry(entry, source)) return compiled(std::move(*ports));

  const FileLock lock(root / (key + ".lock"));
  if (auto ports = read_entry(entry, source)) return compiled(std::move(*ports));
  remove_leftovers(root);
  const ScratchDirectory work(work_path(root));
  const fs::path made = work.path() / "made";
  fs::create_directories(made);
  verilate(source, tools, made, work.path());
  if (fs::exists(entry)) fs::rename(entry, work.path() / "replaced");
  fs::rename(made, entry);
  if (auto ports = read_entry(entry, source)) return compiled(std::move(*ports));
  throw RtlError(fmt::format("{}: what was written to '{}' cannot be read back", source.kernel,
                             entry.string()));
} catch (const std::system_error& error) {
  throw RtlError(fmt::format("{}: {}", source.kernel, error.what()));
} catch (const OutputError& error) {
  throw RtlError(fmt::format("{}: {}", source.kernel, error.what()));
}

std::vector<RtlOutcome> RtlCache::try_all(const std::vector<RtlSource>& sources,
                                          const std::function<void(const std::string&)>& progress) {
  std::vector<RtlOutcome> outcomes(sources.size());
  std::atomic<std::size_t> next{0};
  std::mutex printing;
  const auto work = [&] {
    for (std::size_t i = next++; i < sources.size(); i = next++) {
      if (progress) {
        const std::lock_guard<std::mutex> lock(printing);
        progress(fmt::format("{} ({} of {})", sources[i].kernel, i + 1, sources.size()));
      }
      try {
        outcomes[i].compiled = get(sources[i]);
      } catch (const RtlError& error) {
        outcomes[i].error = error.what();
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < kMostAtOnce; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  return outcomes;
}

std::vector<CompiledRtl> RtlCache::get_all(
    const std::vector<RtlSource>& sources,
    const std::function<void(const std::string&)>& progress) {
  std::vector<CompiledRtl> compiled;
  std::string all;
  for (RtlOutcome& outcome : try_all(sources, progress)) {
    if (outcome.compiled) {
      compiled.push_back(std::move(*outcome.compiled));
    } else if (all.find(outcome.error) == std::string::npos) {
      all += (all.empty() ? "" : "\n") + outcome.error;
    }
  }
  if (!all.empty()) throw RtlError(all);
  return compiled;
}

}  // namespace qnnsim
