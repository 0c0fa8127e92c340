// A long test file would leave the screen still: say every ten seconds what is running.
class Heartbeat {
  constructor() {
    this.running = new Map();
  }
  onRunStart() {
    this.timer = setInterval(() => {
      const now = Date.now();
      const files = [...this.running].map(
        ([path, since]) => `${path.split("/tests/")[1]} ${Math.round((now - since) / 1000)} s`,
      );
      if (files.length > 0) process.stderr.write(`running: ${files.join(", ")}\n`);
    }, 10_000);
    this.timer.unref();
  }
  onTestFileStart(test) {
    this.running.set(test.path, Date.now());
  }
  onTestFileResult(test) {
    this.running.delete(test.path);
  }
  onRunComplete() {
    clearInterval(this.timer);
  }
}
module.exports = Heartbeat;
