// Rotates one secret of the policy in the working folder and kills its own process, as a power cut would, right after the new value was applied.
import { loadPolicy } from "@holdfast/policy";
import { openRotation } from "@holdfast/rotation";

const [secret = ""] = process.argv.slice(2);
const rotation = openRotation({
  policy: loadPolicy("holdfast.yaml"),
  onStep: ({ step, when }) => {
    if (when === "after") process.stdout.write(`  ${step} done\n`);
    if (step === "apply" && when === "after") process.kill(process.pid, "SIGKILL");
  },
});
await rotation.rotate([secret], { force: true });
await rotation.close();
