// Fills in variables as the page of GraphiQL does, and prints as JSON what each case becomes.
// Argument: a list of cases as JSON, each with its texts `variables`, `example`, `answer` and `filled`.
import { fillVariables } from "../../app/web/ui/src/variables.ts";

console.log(JSON.stringify(JSON.parse(process.argv[2]).map(fillVariables)));
