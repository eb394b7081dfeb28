// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>

#include "cli/verb.h"
#include "sim/cosim/rtl_source.h"
#include "sim/diagnostics.h"
#include "sim/output_file.h"
#include "version.h"

namespace {

int run_program(int argc, char** argv) {
  CLI::App app(
      "Cycle-accurate simulator and performance modeller for quantised neural networks on FPGAs.\n"
      "Example: qnnsim run scenarios/first-look.yaml",
      "qnnsim");
  app.set_version_flag("--version", std::string("qnnsim ") + qnnsim::kVersion);
  app.require_subcommand(1);
  int exit_code = qnnsim::kExitDone;
  qnnsim::add_run(app, exit_code);
  qnnsim::add_check(app, exit_code);
  qnnsim::add_size(app, exit_code);
  qnnsim::add_fold(app, exit_code);
  qnnsim::add_optimise(app, exit_code);
  qnnsim::add_generate(app, exit_code);
  qnnsim::add_calibrate(app, exit_code);
  qnnsim::add_trace(app, exit_code);
  qnnsim::add_sweep(app, exit_code);
  qnnsim::add_list(app, exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? qnnsim::kExitDone : qnnsim::kExitInput;
  }
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_program(argc, argv);
  } catch (const qnnsim::InputError& error) {
    std::fputs(error.findings().render().c_str(), stderr);
    return qnnsim::kExitInput;
  } catch (const qnnsim::OutputError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return qnnsim::kExitInput;
  } catch (const qnnsim::RtlError& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return qnnsim::kExitInput;
  } catch (const std::bad_alloc&) {
    std::fputs("error: out of memory\n  hint: fewer frames, or --data none\n", stderr);
    return qnnsim::kExitFault;
  } catch (const std::exception& error) {
    fmt::print(stderr, "internal error: {}\n", error.what());
    return qnnsim::kExitFault;
  }
}
